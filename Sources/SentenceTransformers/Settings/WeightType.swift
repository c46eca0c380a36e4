// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// How the numbers of a saved model are stored.
public enum WeightType: String, Sendable, CaseIterable {
    /// 32 bits: what was computed, exactly.
    case float32
    /// 16 bits, 11 of them for digits; up to 65,504.
    case float16
    /// 16 bits, 8 of them for digits; as large as float32.
    case bfloat16

    var elementType: ElementType {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        }
    }
}
