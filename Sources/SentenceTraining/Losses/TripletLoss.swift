// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// The positive should be closer to the anchor than the negative by a margin: the mean of max(0, d(a, p) - d(a, n) + m).
///
/// Schroff et al., *FaceNet: A Unified Embedding for Face Recognition and Clustering*, 2015,
/// <https://arxiv.org/abs/1503.03832>.
package struct TripletLoss: RegisteredLoss {
    package static let name = "TripletLoss"
    private let distance: LossDistance
    private let margin: Float

    package init(distance: LossDistance, margin: Float) {
        self.distance = distance
        self.margin = margin
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(
            distance: try arguments.choice("distance_metric") ?? .euclidean,
            margin: try arguments.float("triplet_margin", default: 5))
    }

    package var shape: LossShape { LossShape(columns: 3...3, labels: .none) }
    package var arguments: JSONObject {
        [
            "distance_metric": .string("TripletDistanceMetric.\(distance.rawValue)"),
            "triplet_margin": .double(Double(margin)),
        ]
    }

    package func callAsFunction(_ batch: LossBatch) -> LossValue {
        let positive = distance.pairwise(batch.columns[0], batch.columns[1])
        let negative = distance.pairwise(batch.columns[0], batch.columns[2])
        return LossValue((positive - negative + margin).rectified().mean())
    }
}

extension TrainingLoss {
    /// The positive should be closer to the anchor than the negative by a margin.
    ///
    /// - Parameters:
    ///   - distance: How distances are measured.
    ///   - margin: By how much.
    /// - Returns: The loss.
    public static func triplet(distance: LossDistance = .euclidean, margin: Float = 5) -> TrainingLoss {
        TrainingLoss(TripletLoss(distance: distance, margin: margin))
    }
}
