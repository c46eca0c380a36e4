// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// How exactly matrix products and attention compute; norms, softmax and pooling are float32 in each.
package enum Precision: Sendable, CaseIterable {
    /// Full float32.
    case float32Highest
    /// Float32, or 16 bits of mantissa where the processor has a faster unit for them.
    case float32
    /// Weights in bfloat16, and inputs too where the processor multiplies them.
    case bfloat16
    /// Weights of 8 bits for each output column, inputs of 8 bits for each row.
    case int8

    /// Its place in the tables of the kernels.
    private var index: Int {
        switch self {
        case .float32Highest: Int(SK_PRECISION_FLOAT32_HIGHEST.rawValue)
        case .float32: Int(SK_PRECISION_FLOAT32.rawValue)
        case .bfloat16: Int(SK_PRECISION_BFLOAT16.rawValue)
        case .int8: Int(SK_PRECISION_INT8.rawValue)
        }
    }

    /// This precision's entry of a table that C declares as an array, and Swift sees as a tuple.
    func entry<T>(_ table: (T, T, T, T)) -> T {
        [table.0, table.1, table.2, table.3][index]
    }
}
