// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The attention options that all blocks of an encoder share.
package struct AttentionOptions: Sendable, Equatable {
    /// The number of query heads.
    package var headCount: Int
    /// The number of key and value heads, which divides the number of query heads.
    package var keyValueHeadCount: Int
    /// The width of a head.
    package var headSize: Int
    /// The factor on the products of queries and keys.
    package var scale: Float
    /// Whether and how the checkpoint stores query, key and value as one matrix.
    package var fusion = Fusion.none
    /// Whether query and key have biases.
    package var hasQueryKeyBias = true
    /// Whether value has a bias.
    package var hasValueBias = true
    /// Whether the output layer has a bias.
    package var hasOutputBias = true
    /// Whether every query and key head is normalised by its root mean square.
    package var normalizesHeads = false
    /// What distances add to the scores, the same in all blocks.
    package var relativeBias: RelativeBias?
    /// How distances are compared with queries and keys, with one table of distances for all blocks.
    package var disentangled: DisentangledOptions?

    /// How query, key and value are stored in the checkpoint.
    package enum Fusion: Sendable, Equatable {
        /// Three separate matrices.
        case none
        /// One matrix: all queries above all keys, and those above all values.
        case parts
        /// One matrix, head by head: query, key and value of a head, then of the next. Queries and values have biases.
        case heads
    }

    /// Attention with as many key and value heads as query heads.
    package init(headCount: Int, headSize: Int) {
        self.headCount = headCount
        keyValueHeadCount = headCount
        self.headSize = headSize
        scale = 1 / Float(headSize).squareRoot()
    }

    /// Adds or removes the biases of query, key, value and output.
    package mutating func setBiases(_ hasBiases: Bool) {
        (hasQueryKeyBias, hasValueBias, hasOutputBias) = (hasBiases, hasBiases, hasBiases)
    }
}

/// What the attention of one block sees, and how it encodes positions.
package struct AttentionSpan: Sendable, Equatable {
    /// How many tokens before its own a query sees; nil for all.
    package var left: Int?
    /// How many tokens after its own a query sees; nil for all.
    package var right: Int?
    /// The angles by which positions rotate queries and keys, if they do.
    package var rotary: RotaryOptions?

    /// Attention that sees everything unless bounds are given.
    package init(left: Int? = nil, right: Int? = nil, rotary: RotaryOptions? = nil) {
        self.left = left
        self.right = right
        self.rotary = rotary
    }
}

/// What the distance between two tokens adds to their score.
package enum RelativeBias: Sendable, Equatable {
    /// A learned number for each head and bucket of distances: one bucket per small distance, wider ones further away.
    ///
    /// Raffel et al., *Exploring the Limits of Transfer Learning*, 2019, <https://arxiv.org/abs/1910.10683>.
    case buckets(count: Int, maximumDistance: Int)
    /// A slope for each head, times the distance.
    ///
    /// Press et al., *Train Short, Test Long*, 2021, <https://arxiv.org/abs/2108.12409>.
    case slopes([Float])

    /// The slopes for a number of heads.
    ///
    /// They are powers of one number; if the number of heads is not a power of two, the rest are taken from the slopes
    /// for twice as many heads.
    static func slopes(heads: Int) -> RelativeBias {
        func powers(_ count: Int) -> [Float] {
            (1...count).map { Float(pow(2, -8 * Double($0) / Double(count))) }
        }
        var power = 1
        while 2 * power <= heads { power *= 2 }
        let between = powers(2 * power).enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        return .slopes(powers(power) + between.prefix(heads - power))
    }

    /// The bucket of a distance, which is key index minus query index.
    static func bucket(_ distance: Int, count: Int, maximumDistance: Int) -> Int {
        let half = count / 2, exact = half / 2, length = abs(distance)
        let first = distance > 0 ? half : 0
        guard length >= exact else { return first + length }
        // In float32 like the reference, since the result is truncated to an integer.
        let ratio = logf(Float(length) / Float(exact)) / Float(log(Double(maximumDistance) / Double(exact)))
        return first + min(half - 1, exact + Int(ratio * Float(half - exact)))
    }
}
