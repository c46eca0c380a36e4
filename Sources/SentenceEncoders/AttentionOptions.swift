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

/// Attention in every block of an encoder.
package struct AttentionOptions: Sendable, Equatable {
    /// Number of query heads.
    package var headCount: Int
    /// Number of key and value heads, which divides that of query heads.
    package var keyValueHeadCount: Int
    /// Width of a head.
    package var headSize: Int
    /// Multiplied with the products of queries and keys.
    package var scale: Float
    /// How query, key and value are rows of one matrix in the checkpoint, if they are.
    package var fusion = Fusion.none
    /// Whether query and key have biases.
    package var hasQueryKeyBias = true
    /// Whether value has a bias.
    package var hasValueBias = true
    /// Whether the output layer has one.
    package var hasOutputBias = true
    /// Whether every query and key head is normalised by root mean square.
    package var normalizesHeads = false
    /// What distances add to the scores, the same in all blocks.
    package var relativeBias: RelativeBias?
    /// How distances are compared with queries and keys, the table of them being the same in all blocks.
    package var disentangled: DisentangledOptions?

    package enum Fusion: Sendable, Equatable {
        /// They are three matrices.
        case none
        /// All queries stand above all keys, and those above all values.
        case parts
        /// Every head has its query, key and value above those of the next; queries and values have biases.
        case heads
    }

    package init(headCount: Int, headSize: Int) {
        self.headCount = headCount
        keyValueHeadCount = headCount
        self.headSize = headSize
        scale = 1 / Float(headSize).squareRoot()
    }

    /// Gives or takes the biases of query, key, value and output.
    package mutating func setBiases(_ hasBiases: Bool) {
        (hasQueryKeyBias, hasValueBias, hasOutputBias) = (hasBiases, hasBiases, hasBiases)
    }
}

/// What the attention of one block sees, and how it knows positions.
package struct AttentionSpan: Sendable, Equatable {
    /// How many tokens before its own a query sees; nil: all.
    package var left: Int?
    /// How many tokens behind its own a query sees; nil: all.
    package var right: Int?
    /// By which angles positions turn queries and keys, if they do.
    package var rotary: RotaryOptions?

    package init(left: Int? = nil, right: Int? = nil, rotary: RotaryOptions? = nil) {
        self.left = left
        self.right = right
        self.rotary = rotary
    }
}

/// What the distance of two tokens adds to their score.
package enum RelativeBias: Sendable, Equatable {
    /// A learned number for each head and bucket of distances: exact ones near, wider ones up to a distance.
    ///
    /// Raffel et al., *Exploring the Limits of Transfer Learning*, 2019, <https://arxiv.org/abs/1910.10683>.
    case buckets(count: Int, maximumDistance: Int)
    /// A slope for each head, times the distance.
    ///
    /// Press et al., *Train Short, Test Long*, 2021, <https://arxiv.org/abs/2108.12409>.
    case slopes([Float])

    /// The slopes of a number of heads: powers of one number, those of a number that is no power of two filled up from
    /// twice as many.
    static func slopes(heads: Int) -> RelativeBias {
        func powers(_ count: Int) -> [Float] {
            (1...count).map { Float(pow(2, -8 * Double($0) / Double(count))) }
        }
        var power = 1
        while 2 * power <= heads { power *= 2 }
        let between = powers(2 * power).enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        return .slopes(powers(power) + between.prefix(heads - power))
    }

    /// The bucket of a distance, key minus query.
    static func bucket(_ distance: Int, count: Int, maximumDistance: Int) -> Int {
        let half = count / 2, exact = half / 2, length = abs(distance)
        let first = distance > 0 ? half : 0
        guard length >= exact else { return first + length }
        // In float32 as the reference, since the result is cut to an integer.
        let ratio = logf(Float(length) / Float(exact)) / Float(log(Double(maximumDistance) / Double(exact)))
        return first + min(half - 1, exact + Int(ratio * Float(half - exact)))
    }
}
