// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How well scores tell two classes apart, at the best threshold or over all of them.
///
/// Scores are those of float32 as in the reference, so that thresholds, which lie between them, are its own. Where less
/// is better, as with distances, the caller hands over negative scores and gets negative thresholds.
package struct BinaryScores {
    /// Scores, largest first, each with whether it belongs to the positive class.
    private let sorted: [(score: Float, isPositive: Bool)]
    private let positives: Int

    /// Scores and the classes that they should predict, as many of each.
    package init(_ scores: [Float], _ labels: [Bool]) {
        sorted = zip(scores, labels).sorted { $0.0 > $1.0 }.map { (score: $0.0, isPositive: $0.1) }
        positives = labels.count { $0 }
    }

    /// Calls `body` for each threshold that splits the scores, highest first.
    private func forEachSplit(_ body: (_ taken: Int, _ hits: Int, _ threshold: Float) -> Void) {
        var hits = 0
        for (index, row) in sorted.enumerated() {
            if row.isPositive { hits += 1 }
            let next = index + 1 < sorted.count ? sorted[index + 1].score : nil
            // Equal scores are on the same side of every threshold.
            if next == row.score { continue }
            var threshold = next.map { (row.score + $0) / 2 } ?? row.score
            // A rounded midpoint must not take in the next score.
            if threshold == next { threshold = row.score }
            body(index + 1, hits, threshold)
        }
    }

    /// The largest share of scores on the right side of a threshold, and that threshold.
    package var bestAccuracy: (accuracy: Double, threshold: Float) {
        guard let first = sorted.first else { return (0, -1) }
        let count = Double(sorted.count), negatives = sorted.count - positives
        // At first everything is negative.
        var best = (accuracy: Double(negatives) / count, threshold: first.score.nextUp)
        forEachSplit { taken, hits, threshold in
            let accuracy = Double(hits + negatives - (taken - hits)) / count
            if accuracy > best.accuracy { best = (accuracy, threshold) }
        }
        return best
    }

    /// The largest F1 of the positive class, with its precision, recall and threshold.
    package var bestF1: (f1: Double, precision: Double, recall: Double, threshold: Float) {
        var best = (f1: 0.0, precision: 0.0, recall: 0.0, threshold: Float(0))
        forEachSplit { taken, hits, threshold in
            guard hits > 0 else { return }
            let precision = Double(hits) / Double(taken), recall = Double(hits) / Double(positives)
            let f1 = 2 * precision * recall / (precision + recall)
            if f1 > best.f1 { best = (f1, precision, recall, threshold) }
        }
        return best
    }

    /// A metric; NaN without scores, and of the positive class if none belongs to it.
    package func value(_ metric: BinaryMetric) -> Double {
        guard !sorted.isEmpty, positives > 0 || metric == .accuracy else { return .nan }
        switch metric {
        case .accuracy: return bestAccuracy.accuracy
        case .f1: return bestF1.f1
        case .precision: return bestF1.precision
        case .recall: return bestF1.recall
        case .matthewsCorrelation: return matthewsCorrelation(threshold: bestF1.threshold)
        case .averagePrecision: return averagePrecision
        }
    }

    /// Σ (recallᵢ − recallᵢ₋₁) precisionᵢ over all thresholds; 0 without positives.
    package var averagePrecision: Double {
        guard positives > 0 else { return 0 }
        var sum = 0.0, lastHits = 0
        forEachSplit { taken, hits, _ in
            sum += Double(hits - lastHits) / Double(positives) * Double(hits) / Double(taken)
            lastHits = hits
        }
        return sum
    }

    /// The correlation of the classes with those that a threshold predicts, from -1 to 1; 0 if one of both is constant.
    ///
    /// Matthews, *Comparison of the predicted and observed secondary structure of T4 phage lysozyme*, 1975.
    package func matthewsCorrelation(threshold: Float) -> Double {
        let taken = sorted.filter { $0.score >= threshold }
        let count = Double(sorted.count), predicted = Double(taken.count), actual = Double(positives)
        let hits = Double(taken.count { $0.isPositive })
        let spread = predicted * (count - predicted) * actual * (count - actual)
        return spread > 0 ? (hits * count - predicted * actual) / spread.squareRoot() : 0
    }
}
