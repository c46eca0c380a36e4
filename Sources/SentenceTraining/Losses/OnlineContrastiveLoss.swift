// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// ``ContrastiveLoss`` of the hard pairs alone: Σ d² + Σ max(0, m - d)².
///
/// Hard are alike pairs that are farther apart than the closest of the others, and others that are closer than the
/// farthest alike pair; where all pairs of a batch have one label, those beyond the mean.
package struct OnlineContrastiveLoss: RegisteredLoss {
    package static let name = "OnlineContrastiveLoss"
    private let distance: LossDistance
    private let margin: Float

    package init(distance: LossDistance, margin: Float) {
        self.distance = distance
        self.margin = margin
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(
            distance: try arguments.choice("distance_metric") ?? .cosine,
            margin: try arguments.float("margin", default: 0.5))
    }

    package var shape: LossShape { LossShape(columns: 2...2, labels: .number) }
    package var arguments: JSONObject {
        [
            "distance_metric": .string("SiameseDistanceMetric.\(distance.siameseName)"),
            "margin": .double(Double(margin)),
        ]
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let labels = try batch.numbers(for: self)
        let distances = distance.pairwise(batch.columns[0], batch.columns[1], shift: ContrastiveLoss.shift)
        let numbers = distances.floats
        let alike = labels.indices.filter { labels[$0] == 1 }, different = labels.indices.filter { labels[$0] == 0 }
        func mean(_ rows: [Int]) -> Float { rows.reduce(0) { $0 + numbers[$1] } / Float(max(1, rows.count)) }
        let farthest = alike.map { numbers[$0] }.max() ?? mean(different)
        let closest = different.map { numbers[$0] }.min() ?? mean(alike)
        let far = distances.gatheringElements(alike.filter { numbers[$0] > closest })
        let near = distances.gatheringElements(different.filter { numbers[$0] < farthest })
        return LossValue(far.squared().sum() + (-1 * near + margin).rectified().squared().sum())
    }
}

extension TrainingLoss {
    /// As ``contrastive(distance:margin:isAveraged:)``, of the hard pairs of a batch alone; labels are 0 and 1.
    ///
    /// - Parameters:
    ///   - distance: How distances are measured.
    ///   - margin: From which distance on different texts do not matter.
    /// - Returns: The loss.
    public static func onlineContrastive(distance: LossDistance = .cosine, margin: Float = 0.5) -> TrainingLoss {
        TrainingLoss(OnlineContrastiveLoss(distance: distance, margin: margin))
    }
}
