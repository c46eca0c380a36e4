// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The arithmetic of matrix products; norms, softmax and pooling are float32 in each.
public enum ComputePrecision: String, Sendable, CaseIterable {
    /// Float32 by fused multiply-adds, or where the processor has a faster unit for it, by products of split
    /// operands with at least 16 bits of mantissa.
    case float32
    /// Full float32 everywhere.
    case float32Highest = "float32-highest"
}
