// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// The precision of matrix products and attention; norms and pooling are always float32.
///
/// So are the sums of a softmax. With `bfloat16` and `int8`, attention is computed in bfloat16 where the processor multiplies
/// it, and GELU is exact to 8.2e-5, less than what the next product rounds by.
public enum ComputePrecision: String, Sendable, CaseIterable, Codable {
    /// Float32 by fused multiply-adds; on processors with AMX tiles, by products of two bfloat16 parts of each operand,
    /// which together hold 16 bits of mantissa.
    ///
    /// Normalised embeddings are within 1e-6 of the reference's with multiply-adds, and within 5e-6 with bfloat16
    /// parts.
    case float32
    /// Full float32 everywhere: by fused multiply-adds, or on AMX by three bfloat16 parts.
    case float32Highest = "float32-highest"
    /// Weights rounded to bfloat16, which halves their memory; inputs too if the processor multiplies bfloat16.
    case bfloat16
    /// Weights quantised to 8 bits per output channel, inputs to 8 bits per token.
    case int8

    /// The precision of the tensor operations.
    package var precision: Precision {
        switch self {
        case .float32: .float32
        case .float32Highest: .float32Highest
        case .bfloat16: .bfloat16
        case .int8: .int8
        }
    }
}
