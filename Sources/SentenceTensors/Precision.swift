// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// How exactly matrix products and attention compute; norms, pooling and the sums of a softmax always use float32.
package enum Precision: Sendable, CaseIterable {
    /// Full float32.
    case float32Highest
    /// Float32, or 16 bits of mantissa if the processor has a faster unit for that.
    case float32
    /// Weights in bfloat16, and inputs too if the processor can multiply bfloat16.
    case bfloat16
    /// 8-bit weights scaled per output column, 8-bit inputs scaled per row.
    case int8

    /// The index of this precision in the kernels' tables.
    private var index: Int {
        switch self {
        case .float32Highest: Int(SK_PRECISION_FLOAT32_HIGHEST.rawValue)
        case .float32: Int(SK_PRECISION_FLOAT32.rawValue)
        case .bfloat16: Int(SK_PRECISION_BFLOAT16.rawValue)
        case .int8: Int(SK_PRECISION_INT8.rawValue)
        }
    }

    /// This precision's entry in a table that is an array in C and a tuple in Swift.
    func entry<T>(_ table: (T, T, T, T)) -> T {
        [table.0, table.1, table.2, table.3][index]
    }
}
