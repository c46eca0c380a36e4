// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// ``TripletLoss`` of all pairs of a class, each with a negative that is not too hard.
///
/// The mean over all pairs of max(0, d(a, p) - d(a, n) + m), where n is the closest negative that is farther than p, or
/// the farthest if all are closer. Schroff et al., *FaceNet: A Unified Embedding for Face Recognition and Clustering*, 2015,
/// <https://arxiv.org/abs/1503.03832>.
package struct BatchSemiHardTripletLoss: RegisteredLoss {
    package static let name = "BatchSemiHardTripletLoss"
    private let distance: BatchDistance
    private let margin: Float

    package init(distance: BatchDistance, margin: Float) {
        self.distance = distance
        self.margin = margin
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(
            distance: try arguments.choice("distance_metric") ?? .euclidean,
            margin: try arguments.float("margin", default: 5))
    }

    package var shape: LossShape { LossShape(columns: 1...1, labels: .classes) }
    package var arguments: JSONObject {
        ["distance_metric": .string(distance.rawValue), "margin": .double(Double(margin))]
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let classes = try batch.classes(for: self), count = classes.count
        let distances = distance(batch.columns[0]), numbers = distances.floats
        var positives: [Int] = [], negatives: [Int] = []
        for anchor in 0..<count {
            let row = anchor * count..<(anchor + 1) * count
            let others = row.filter { classes[$0 - row.lowerBound] != classes[anchor] }
                .sorted { numbers[$0] < numbers[$1] }
            for positive in row where positive != row.lowerBound + anchor {
                guard classes[positive - row.lowerBound] == classes[anchor] else { continue }
                // In a batch of one class the reference takes the smallest distance of all.
                guard let farthest = others.last ?? row.min(by: { numbers[$0] < numbers[$1] }) else { continue }
                positives.append(positive)
                negatives.append(others.first { numbers[$0] > numbers[positive] } ?? farthest)
            }
        }
        let slack = distances.gatheringElements(positives) - distances.gatheringElements(negatives)
        return LossValue((slack + margin).rectified().mean())
    }
}

extension TrainingLoss {
    /// Texts of one class should be closer than texts of others by a margin, for triplets that are not too hard.
    ///
    /// - Parameters:
    ///   - distance: How distances are measured.
    ///   - margin: By how much.
    /// - Returns: The loss.
    public static func batchSemiHardTriplet(distance: BatchDistance = .euclidean, margin: Float = 5) -> TrainingLoss {
        TrainingLoss(BatchSemiHardTripletLoss(distance: distance, margin: margin))
    }
}
