// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The arithmetic of matrix products and attention; norms, softmax and pooling are float32 in each.
public enum ComputePrecision: String, Sendable, CaseIterable, Codable {
    /// Float32 by fused multiply-adds, or where the processor has AMX tiles, by products of two bfloat16 parts of each
    /// operand, which hold 16 bits of mantissa.
    ///
    /// Normalised embeddings are within 1e-6 of the reference's with multiply-adds, within 5e-6 with parts.
    case float32
    /// Full float32 everywhere: by fused multiply-adds, or on AMX by three bfloat16 parts.
    case float32Highest = "float32-highest"
    /// Weights rounded to bfloat16, which halves their memory; inputs too where the processor multiplies bfloat16.
    case bfloat16
    /// Weights rounded to 8 bits for each output channel, inputs for each token.
    case int8

    /// As the operations know it.
    var precision: Precision {
        switch self {
        case .float32: .float32
        case .float32Highest: .float32Highest
        case .bfloat16: .bfloat16
        case .int8: .int8
        }
    }
}
