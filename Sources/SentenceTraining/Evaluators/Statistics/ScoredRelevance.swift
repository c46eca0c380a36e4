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

/// How well scores order the documents of one query, each of which is relevant or not.
///
/// Documents with equal scores share their ranks in nDCG and average precision, as scikit-learn counts it.
package struct ScoredRelevance {
    private let scores: [Float]
    private let relevant: [Bool]
    /// The documents, best first.
    private let order: [Int]

    /// The score of each document, and whether it is relevant, as many of each.
    ///
    /// With `laterFirst`, of documents with equal scores the last one is the best for the reciprocal rank, which has no
    /// shared ranks.
    package init(_ scores: [Float], _ relevant: [Bool], laterFirst: Bool = false) {
        self.scores = scores
        self.relevant = relevant
        order = scores.indices.sorted { a, b in
            scores[a] == scores[b] ? (a < b) != laterFirst : scores[a] > scores[b]
        }
    }

    /// Documents in an order, best first.
    package init(ranked relevant: [Bool]) {
        self.init(relevant.indices.map { -Float($0) }, relevant)
    }

    /// Σ (recallᵢ − recallᵢ₋₁) precisionᵢ over all thresholds; 0 if nothing is relevant.
    package var averagePrecision: Double { BinaryScores(scores, relevant).averagePrecision }

    /// 1 / rank of the first relevant document among the first k; 0 if there is none.
    package func reciprocalRank(at k: Int) -> Double {
        order.prefix(k).firstIndex { relevant[$0] }.map { 1 / Double($0 + 1) } ?? 0
    }

    /// Σ 1 / log₂(rank + 1) over the relevant ones of the first k documents, divided by the largest possible value.
    package func discountedGain(at k: Int) -> Double {
        let hits = relevant.count { $0 }
        guard hits > 0 else { return 0 }
        func discounts(_ ranks: Range<Int>) -> Double { ranks.reduce(0) { $0 + 1 / log2(Double($1 + 2)) } }
        var gain = 0.0, start = 0
        let last = min(k, order.count)
        while start < last {
            var end = start + 1
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            let share = Double(order[start..<end].count { relevant[$0] }) / Double(end - start)
            gain += share * discounts(start..<min(end, last))
            start = end
        }
        return gain / discounts(0..<min(k, hits))
    }
}
