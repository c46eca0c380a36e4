// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors

/// Chooses the negatives of a query among candidates.
struct NegativeSelection {
    private let options: HardNegativeOptions
    private let rangeMax: Int
    /// How many candidates each limit has ruled out.
    private(set) var ruledOut: [HardNegativeOptions.Limit: Int] = [:]

    init(options: HardNegativeOptions, rangeMax: Int) {
        self.options = options
        self.rangeMax = rangeMax
    }

    /// The negatives of a query, hardest first.
    ///
    /// - Parameters:
    ///   - candidates: Documents with their scores.
    ///   - positives: The documents that belong to the query.
    ///   - scores: Their scores.
    ///   - query: The number of the query.
    /// - Returns: At most as many as are wanted.
    mutating func choose(
        _ candidates: [ScoredIndex], positives: [Int], scores: ArraySlice<Float>, query: Int
    ) -> [ScoredIndex] {
        var left = options.includesPositives ? candidates : candidates.filter { !positives.contains($0.index) }
        func keep(_ limit: HardNegativeOptions.Limit, _ isKept: (Float) -> Bool) {
            let count = left.count
            left.removeAll { !isKept($0.score) }
            if left.count < count { ruledOut[limit, default: 0] += count - left.count }
        }
        if let worst = scores.min() {
            if let margin = options.absoluteMargin { keep(.absoluteMargin) { !($0 + margin > worst) } }
            if let margin = options.relativeMargin {
                let most = worst - abs(worst) * margin
                keep(.relativeMargin) { !($0 > most) }
            }
        }
        if let most = options.maxScore { keep(.maxScore) { !($0 > most) } }
        if let least = options.minScore { keep(.minScore) { !($0 < least) } }
        // A cross-encoder has put them into another order.
        let ranked = left.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
            .map(\.element).prefix(rangeMax).dropFirst(options.rangeMin)
        guard case .random(let seed) = options.sampling else { return Array(ranked.prefix(options.count)) }
        let chosen = RandomStream(seed: seed, step: query).choosing(options.count, of: ranked.count)
        return chosen.map { ranked[ranked.startIndex + $0] }
    }
}
