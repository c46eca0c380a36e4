// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// Reduces the number of vectors of a text: similar ones, grouped by Ward's method, are replaced by their mean.
///
/// Clavié, Chaffin and Adams, *Reducing the Footprint of Multi-Vector Retrieval with Minimal Performance Impact via
/// Token Pooling*, 2024, <https://arxiv.org/abs/2409.14683>.
package struct TokenPooling: Sendable {
    /// By what factor to reduce the number of vectors, at least 1.
    package let factor: Double
    /// The number of a text's leading vectors that stay as they are.
    package let protectedTokens: Int
    /// Whether all resulting vectors are scaled to unit length.
    package let normalizesEmbeddings: Bool

    /// Pooling with the given numbers.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` for a number out of range.
    package init(factor: Double, protectedTokens: Int, normalizesEmbeddings: Bool) throws {
        guard factor >= 1, factor.isFinite, protectedTokens >= 0 else {
            throw SearchError(
                .invalidArgument,
                "token pooling by \(factor) behind \(protectedTokens) tokens; expected a factor of 1 or more and no "
                    + "negative number of tokens")
        }
        self.factor = factor
        self.protectedTokens = protectedTokens
        self.normalizesEmbeddings = normalizesEmbeddings
    }

    /// The pooled vectors of one text.
    ///
    /// - Parameter vectors: `[tokens, dimensions]`.
    /// - Returns: `[fewer tokens, dimensions]`.
    package func callAsFunction(_ vectors: Tensor) -> Tensor {
        let first = min(protectedTokens, vectors.rows), count = vectors.rows - first
        // As in Python's floor division: the remainder is exact, so the quotient is never rounded up.
        let quotient = (Double(count) - Double(count).truncatingRemainder(dividingBy: factor)) / factor
        let wanted = max(1, Int(quotient.rounded()))
        var result = vectors
        if wanted < count {
            let rest = vectors.rowRange(first..<vectors.rows)
            let distances = CondensedDistances(similarities: rest.product(transposed: rest))
            let clusters = ClusterTree(distances, .ward, onJoin: {}).clusters(atMost: wanted)
            result = Tensor.above([vectors.rowRange(0..<first), rest.means(of: clusters)])
        }
        return normalizesEmbeddings ? result.normalized() : result
    }
}

extension Tensor {
    /// The mean of each group of rows, `[groups, columns]`.
    fileprivate func means(of groups: [[Int]]) -> Tensor {
        let rows = gatheringRows(groups.flatMap(\.self))
        return rows.pooled(TextOffsets(counts: groups.map(\.count)), by: [.mean])
    }
}
