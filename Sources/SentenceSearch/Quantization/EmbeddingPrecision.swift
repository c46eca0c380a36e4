// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How the numbers of embeddings are stored, to trade accuracy against size.
public enum EmbeddingPrecision: String, Sendable, CaseIterable, Codable {
    /// 4 bytes per dimension, exact.
    case float32
    /// 1 byte per dimension, -128 to 127, from the smallest to the largest value of the dimension.
    case int8
    /// 1 byte per dimension, 0 to 255, from the smallest to the largest value of the dimension.
    case uint8
    /// 1 bit per dimension, its sign; eight in a byte, first dimension highest, stored as the byte minus 128.
    case binary
    /// 1 bit per dimension, its sign; eight in a byte, first dimension highest.
    case ubinary
}
