// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// ``TripletLoss`` of all triplets of a batch: the mean of max(0, d(a, p) - d(a, n) + m) over those above 0.
///
/// Two texts of one class are anchor and positive, one of another class is the negative. Hermans et al., *In Defense of
/// the Triplet Loss for Person Re-Identification*, 2017, <https://arxiv.org/abs/1703.07737>.
package struct BatchAllTripletLoss: RegisteredLoss {
    package static let name = "BatchAllTripletLoss"
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
        let distances = distance(batch.columns[0])
        var positives: [Int] = [], negatives: [Int] = []
        for anchor in 0..<count {
            let others = (0..<count).filter { classes[$0] != classes[anchor] }
            for positive in 0..<count where positive != anchor && classes[positive] == classes[anchor] {
                positives += others.map { _ in anchor * count + positive }
                negatives += others.map { anchor * count + $0 }
            }
        }
        let slack = distances.gatheringElements(positives) - distances.gatheringElements(negatives)
        let losses = (slack + margin).rectified()
        return LossValue((1 / Float(max(1, losses.floats.count { $0 > 0 }))) * losses.sum())
    }
}

extension TrainingLoss {
    /// Texts of one class should be closer than texts of others by a margin, for all triplets of a batch.
    ///
    /// - Parameters:
    ///   - distance: How distances are measured.
    ///   - margin: By how much.
    /// - Returns: The loss.
    public static func batchAllTriplet(distance: BatchDistance = .euclidean, margin: Float = 5) -> TrainingLoss {
        TrainingLoss(BatchAllTripletLoss(distance: distance, margin: margin))
    }
}
