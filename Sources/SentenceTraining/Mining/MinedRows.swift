// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch

/// Makes rows of queries, positives and negatives.
struct MinedRows {
    let texts: MinedTexts
    /// The scores of the positives, query by query.
    let positiveScores: [Float]
    /// The negatives of each query.
    let negatives: [[ScoredIndex]]
    let options: HardNegativeOptions

    /// A query, one of its positives, and what was found for it.
    private struct Found {
        let query: String
        let positive: String
        let score: Float
        let negatives: [ScoredIndex]
        let isLastOfQuery: Bool
    }

    private var all: [Found] {
        var found: [Found] = []
        for (query, positives) in texts.positives.enumerated() {
            for (place, document) in positives.enumerated() {
                found.append(
                    Found(
                        query: texts.queries[query], positive: texts.documents[document],
                        score: positiveScores[found.count], negatives: negatives[query],
                        isLastOfQuery: place == positives.count - 1))
            }
        }
        return found
    }

    private func text(_ negative: ScoredIndex) -> TrainingValue { .text(texts.documents[negative.index]) }

    private func numbers(_ scores: [Float]) -> TrainingValue { .numbers(scores.map(Double.init)) }

    /// The rows with what else was found.
    ///
    /// - Throws: ``TrainingError`` if there is no row.
    func result(_ ruledOut: [HardNegativeOptions.Limit: Int]) throws -> HardNegatives {
        let format = options.includesPositives ? .tuple : options.format
        let (columns, rows, most) = rows(format)
        guard !rows.isEmpty else {
            throw TrainingError(
                .invalidData,
                "no query has enough negatives left"
                    + (ruledOut.isEmpty
                        ? "; there are \(texts.documents.count) documents"
                        : ": "
                            + ruledOut.map { "\($0.key) ruled out \($0.value) candidates" }.sorted()
                            .joined(separator: ", ")))
        }
        let scores = negatives.joined().map { Double($0.score) }
        func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }
        return HardNegatives(
            data: try TrainingData(name: texts.dataset, columns: columns, rows: rows), missing: most - rows.count,
            ruledOut: ruledOut, meanScores: (mean(positiveScores.map(Double.init)), mean(scores)))
    }

    private func rows(_ format: HardNegativeOptions.Format) -> ([String], [[TrainingValue]], most: Int) {
        let (all, names) = (all, [texts.names.query, texts.names.positive])
        let hasScores = options.hasScores
        switch format {
        case .triplet:
            let rows = all.flatMap { found in
                found.negatives.map { negative in
                    [.text(found.query), .text(found.positive), text(negative)]
                        + (hasScores ? [numbers([found.score, negative.score])] : [])
                }
            }
            return (names + ["negative"] + (hasScores ? ["scores"] : []), rows, all.count * options.count)
        case .tuple:
            let rows = all.filter { $0.negatives.count == options.count }.map { found in
                [.text(found.query), .text(found.positive)] + found.negatives.map(text)
                    + (hasScores ? [numbers([found.score] + found.negatives.map(\.score))] : [])
            }
            let columns = (1...options.count).map { "negative_\($0)" }
            return (names + columns + (hasScores ? ["scores"] : []), rows, all.count)
        case .labeledPair:
            let rows = all.flatMap { found in
                [[.text(found.query), .text(found.positive), .number(hasScores ? Double(found.score) : 1)]]
                    + (found.isLastOfQuery ? found.negatives : []).map { negative in
                        [.text(found.query), text(negative), .number(hasScores ? Double(negative.score) : 0)]
                    }
            }
            let most = texts.queries.count * options.count + texts.rowsPerQuery.reduce(0, +)
            return (names + [hasScores ? "score" : "label"], rows, most)
        case .labeledList:
            let rows: [[TrainingValue]] = all.filter { !$0.negatives.isEmpty }.map { found in
                let documents = [found.positive] + found.negatives.map { texts.documents[$0.index] }
                return [
                    .text(found.query), .texts(documents),
                    hasScores
                        ? numbers([found.score] + found.negatives.map(\.score))
                        : .numbers([1] + found.negatives.map { _ in 0 }),
                ]
            }
            return (names + [hasScores ? "scores" : "labels"], rows, all.count)
        }
    }
}
