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

/// How good the order of documents for one query is, where a document is relevant or not.
package struct RankedRelevance: Sendable {
    /// How relevant each document is, best document first; 0 if it is not.
    private let grades: [Double]
    /// The grades of all relevant documents, highest first, at least one.
    private let ideal: [Double]
    /// Whether each document is relevant.
    private let hits: [Bool]

    /// How many relevant documents there are in all, at least 1.
    private var relevant: Int { ideal.count }

    /// The grades of documents in the order in which they were found, and those of all relevant documents, highest first.
    package init(_ grades: [Double], ideal: [Double]) {
        self.grades = grades
        self.ideal = ideal
        hits = grades.map { $0 > 0 }
    }

    /// Documents in the order in which they were found, each relevant or not.
    package init(_ hits: [Bool], relevant: Int) {
        self.init(hits.map { $0 ? 1 : 0 }, ideal: [Double](repeating: 1, count: relevant))
    }

    private func count(_ k: Int) -> Double { Double(hits.prefix(k).count { $0 }) }

    /// 1 if one of the first k documents is relevant, otherwise 0.
    package func accuracy(at k: Int) -> Double { min(1, count(k)) }

    /// The share of the first k documents that is relevant.
    package func precision(at k: Int) -> Double { count(k) / Double(k) }

    /// The share of all relevant documents that is among the first k.
    package func recall(at k: Int) -> Double { count(k) / Double(relevant) }

    /// 1 / rank of the first relevant document among the first k; 0 if there is none.
    package func reciprocalRank(at k: Int) -> Double {
        hits.prefix(k).firstIndex(of: true).map { 1 / Double($0 + 1) } ?? 0
    }

    /// Σ 1 / log₂(rank + 1) over the relevant ones of the first k documents, divided by the largest possible value.
    ///
    /// Järvelin and Kekäläinen, *Cumulated gain-based evaluation of IR techniques*, 2002,
    /// <https://doi.org/10.1145/582415.582418>.
    package func discountedGain(at k: Int) -> Double {
        func gain(_ ranks: some Sequence<Int>) -> Double { ranks.reduce(0) { $0 + 1 / log2(Double($1 + 2)) } }
        return gain(hits.prefix(k).indices.filter { hits[$0] }) / gain(0..<min(k, relevant))
    }

    /// Σ grade / log₂(rank + 1) over the first k documents, divided by the largest possible value.
    package func gradedGain(at k: Int) -> Double {
        func gain(_ grades: [Double]) -> Double {
            grades.prefix(k).enumerated().reduce(0) { $0 + $1.element / log2(Double($1.offset + 2)) }
        }
        return gain(grades) / gain(ideal)
    }

    /// The mean of the precisions at the relevant ones of the first k documents, out of as many as there can be.
    package func averagePrecision(at k: Int) -> Double {
        var found = 0.0, sum = 0.0
        for (index, isHit) in hits.prefix(k).enumerated() where isHit {
            found += 1
            sum += found / Double(index + 1)
        }
        return sum / Double(min(k, relevant))
    }
}
