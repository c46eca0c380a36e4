// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// How embeddings of unrelated texts lie: all over the sphere, or, in a model that has collapsed, in one place.
public struct EmbeddingSpread: Sendable, Hashable {
    /// The mean cosine of pairs of different texts, -1 to 1.
    public let meanCosine: Double
    /// How many directions the embeddings take up about equally: (tr C)² / tr C² of their covariance C, at least 1.
    ///
    /// Also called the participation ratio.
    public let effectiveRank: Double

    package init(meanCosine: Double, effectiveRank: Double) {
        self.meanCosine = meanCosine
        self.effectiveRank = effectiveRank
    }

    /// The spread of some embeddings, `[texts, size]`; nil for fewer than three.
    package init?(_ embeddings: Tensor) {
        let count = embeddings.rows
        guard count > 2 else { return nil }
        let cosines = Execution.with(precision: .float32Highest) {
            let unit = embeddings.detached.normalized()
            return unit.product(transposed: unit).floats.map(Double.init)
        }
        func cosine(_ a: Int, _ b: Int) -> Double { cosines[a * count + b] }
        let total = cosines.reduce(0, +), own = (0..<count).reduce(0) { $0 + cosine($1, $1) }
        meanCosine = (total - own) / Double(count * (count - 1))
        // The products of centred vectors have the covariance's eigenvalues.
        let means = (0..<count).map { row in (0..<count).reduce(0) { $0 + cosine(row, $1) } / Double(count) }
        let mean = total / Double(count * count)
        var trace = 0.0, squares = 0.0
        for a in 0..<count {
            for b in 0..<count {
                let centred = cosine(a, b) - means[a] - means[b] + mean
                squares += centred * centred
                if a == b { trace += centred }
            }
        }
        effectiveRank = squares > 1e-12 ? max(1, trace * trace / squares) : 1
    }

    /// The cosine from which unrelated texts count as one.
    private static let collapsedCosine = 0.9
    /// The share of the directions of the model at the beginning that is too small.
    private static let collapsedShare = 0.1

    /// What is wrong with a model whose embeddings lay like `first` when training began; nil if nothing is.
    func collapse(since first: EmbeddingSpread) -> String? {
        let nearer = meanCosine >= Self.collapsedCosine && meanCosine > first.meanCosine + 0.1
        let flatter = effectiveRank < max(2, Self.collapsedShare * first.effectiveRank) && first.effectiveRank >= 3
        guard nearer || flatter else { return nil }
        func short(_ number: Double) -> String { "\((number * 1000).rounded() / 1000)" }
        return
            "the model collapses: unrelated texts have a mean cosine of \(short(meanCosine)) (\(short(first.meanCosine)) "
            + "at the beginning), and their embeddings take up \(short(effectiveRank)) directions "
            + "(\(short(first.effectiveRank))); a lower learning rate, larger batches without duplicates, or a loss with "
            + "in-batch negatives usually helps"
    }
}
