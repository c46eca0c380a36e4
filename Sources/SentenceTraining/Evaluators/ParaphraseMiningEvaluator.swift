// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
public import SentenceTransformers

/// Measures how well texts that mean the same are found among many.
///
/// The most similar pairs of texts are found by `paraphraseMining`, of equal scores those of earlier texts first, and for each threshold on the similarity is known how many of them are
/// duplicates.
public struct ParaphraseMiningEvaluator<Model: PairMiningEncoder>: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let texts: [String]
    /// The pairs that are duplicates, by the places of texts, the smaller one first.
    private let duplicates: Set<[Int]>
    private let maximumPairs: Int
    private let topK: Int
    private let options: Model.Options

    /// An evaluator for texts of which some are duplicates.
    ///
    /// - Parameters:
    ///   - texts: The texts with their identifiers.
    ///   - duplicates: The identifiers of texts that mean the same, in any order; those of unknown texts, and of a text and
    ///     itself, do not count.
    ///   - addsTransitiveClosure: Whether texts that are duplicates of the same text are duplicates of each other.
    ///   - maximumPairs: How many pairs are looked at, most similar first.
    ///   - topK: How many pairs each text can have.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if two texts have the same identifier, there are fewer than two, or a number is below 1.
    public init(
        texts: [(id: String, text: String)], duplicates: [(String, String)], addsTransitiveClosure: Bool = false,
        maximumPairs: Int = 500_000, topK: Int = 100, name: String = "", options: Model.Options = .init()
    ) throws {
        try EvaluationData.check(texts.count, texts.count, "texts", least: 2)
        guard maximumPairs >= 1, topK >= 1 else {
            throw TrainingError(
                .invalidArgument, "maximumPairs is \(maximumPairs) and topK \(topK); expected 1 or more of both")
        }
        var places: [ExactString: Int] = [:]
        for (place, text) in texts.enumerated() where places.updateValue(place, forKey: ExactString(text.id)) != nil {
            throw TrainingError(.invalidArgument, "two texts have the identifier \"\(text.id)\"; give each its own")
        }
        self.texts = texts.map(\.text)
        let known = duplicates.compactMap { a, b -> [Int]? in
            guard let a = places[ExactString(a)], let b = places[ExactString(b)], a != b else { return nil }
            return [min(a, b), max(a, b)]
        }
        self.duplicates = addsTransitiveClosure ? Self.closure(known, count: texts.count) : Set(known)
        self.maximumPairs = maximumPairs
        self.topK = topK
        self.name = name
        self.options = options
    }

    /// Texts that are encoded.
    public var inputCount: Int? { texts.count }

    /// `average_precision`, and the best `f1` with its `precision`, `recall` and `threshold`.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let pairs = try Model.mostSimilarPairs(
            among: model.encode(texts, options: options), maxPairs: maximumPairs, topK: topK, by: .cosine,
            threads: options.threads)
        let total = Double(duplicates.count)
        var hits = 0, lastHits = 0, sum = 0.0
        var best = (f1: 0.0, precision: 0.0, recall: 0.0, threshold: 0.0)
        for (index, pair) in pairs.enumerated() {
            if duplicates.contains([pair.first, pair.second]) { hits += 1 }
            let next = pairs[min(index + 1, pairs.count - 1)].score
            // Equal scores are on the same side of every threshold.
            if index + 1 < pairs.count, next == pair.score { continue }
            if hits > lastHits {
                let precision = Double(hits) / Double(index + 1), recall = Double(hits) / total
                let f1 = 2 * precision * recall / (precision + recall)
                sum += precision * Double(hits - lastHits)
                if f1 > best.f1 { best = (f1, precision, recall, (Double(pair.score) + Double(next)) / 2) }
            }
            lastHits = hits
        }
        let average = total > 0 ? sum / total : 0
        return result(
            [
                Metric("average_precision", average), Metric("f1", best.f1), Metric("precision", best.precision),
                Metric("recall", best.recall), Metric("threshold", best.threshold),
            ], primary: "average_precision",
            EvaluationRow(
                file: fileName("paraphrase_mining_evaluation"),
                [
                    ("precision", best.precision), ("recall", best.recall), ("f1", best.f1),
                    ("threshold", best.threshold), ("average_precision", average),
                ]))
    }

    /// All pairs of texts that a chain of duplicates connects.
    private static func closure(_ pairs: [[Int]], count: Int) -> Set<[Int]> {
        var neighbours: [Int: [Int]] = [:]
        for pair in pairs {
            neighbours[pair[0], default: []].append(pair[1])
            neighbours[pair[1], default: []].append(pair[0])
        }
        var seen = [Bool](repeating: false, count: count), all: Set<[Int]> = []
        for start in neighbours.keys.sorted() where !seen[start] {
            var group = [start], next = 0
            seen[start] = true
            while next < group.count {
                for row in neighbours[group[next]] ?? [] where !seen[row] {
                    seen[row] = true
                    group.append(row)
                }
                next += 1
            }
            group.sort()
            for (index, row) in group.enumerated() { for other in group[(index + 1)...] { all.insert([row, other]) } }
        }
        return all
    }
}
