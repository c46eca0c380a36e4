// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Attention in which queries and keys are also compared with vectors for distances.
///
/// He et al., *DeBERTa: Decoding-enhanced BERT with Disentangled Attention*, 2020, <https://arxiv.org/abs/2006.03654>.
package struct DisentangledOptions: Sendable, Equatable {
    /// Half the number of rows in the table of distances.
    package var span: Int
    /// The distance that the outermost buckets represent; nil if every distance has its own row.
    package var maximumDistance: Int?
    /// Whether distances use the query and key projections of tokens.
    package var sharesProjections: Bool
    /// Whether the key projection of distances has a bias, if distances have their own projections.
    package var hasKeyBias = true
    /// Whether the table is normalised.
    package var hasNorm: Bool

    /// The row of a distance, query index minus key index: exact when small, logarithmic buckets from half the span on.
    func row(of distance: Int) -> Int { min(max(bucket(distance) + span, 0), 2 * span - 1) }

    private func bucket(_ distance: Int) -> Int {
        let middle = span / 2, length = abs(distance)
        guard let maximumDistance, length > middle else { return distance }
        // In float32 like the reference, since the result is rounded up to an integer.
        let ratio = logf(Float(length) / Float(middle)) / logf(Float(Double(maximumDistance - 1) / Double(middle)))
        let bucket = Int((ratio * Float(middle - 1)).rounded(.up)) + middle
        return distance < 0 ? -bucket : bucket
    }
}

/// The table of distances; a batch needs only the rows that its longest text can reach.
struct DistanceTable: Sendable {
    let options: DisentangledOptions
    let table: EmbeddingTable
    let norm: Normalization?

    /// The vectors that texts of up to `longest` tokens need, and which of them each distance uses.
    ///
    /// The vectors are `[rows, hiddenSize]`. Distances are key index minus query index, in ascending order.
    func vectors(longest: Int) -> (embeddings: Tensor, rows: [Int32]) {
        let rows = (1 - longest..<longest).map { Int32(options.row(of: -$0)) }
        // Rows descend as distances ascend.
        let (first, last) = (rows.last ?? 0, rows.first ?? 0)
        return (norm(EmbeddingTable.sum([(table, Array(first...last))])), rows.map { $0 - first })
    }
}
