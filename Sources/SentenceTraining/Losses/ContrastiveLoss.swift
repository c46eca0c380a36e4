// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// Alike pairs should be close, others at least a margin apart: the mean of ½ (y d² + (1 - y) max(0, m - d)²).
///
/// Hadsell et al., *Dimensionality Reduction by Learning an Invariant Mapping*, 2006,
/// <https://doi.org/10.1109/CVPR.2006.100>.
package struct ContrastiveLoss: RegisteredLoss {
    package static let name = "ContrastiveLoss"
    private let distance: LossDistance
    private let margin: Float
    private let isAveraged: Bool
    /// What PyTorch adds to the differences of two vectors before it measures them.
    static let shift: Float = 1e-6

    package init(distance: LossDistance, margin: Float, isAveraged: Bool) {
        self.distance = distance
        self.margin = margin
        self.isAveraged = isAveraged
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(
            distance: try arguments.choice("distance_metric") ?? .cosine,
            margin: try arguments.float("margin", default: 0.5),
            isAveraged: try arguments.bool("size_average", default: true))
    }

    package var shape: LossShape { LossShape(columns: 2...2, labels: .number) }
    package var arguments: JSONObject {
        [
            "distance_metric": .string("SiameseDistanceMetric.\(distance.siameseName)"),
            "margin": .double(Double(margin)), "size_average": .bool(isAveraged),
        ]
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let labels = try Tensor(batch.numbers(for: self), shape: [batch.rows, 1])
        let distances = distance.pairwise(batch.columns[0], batch.columns[1], shift: Self.shift)
        let near = labels * distances.squared()
        let far = (-1 * labels + 1) * (-1 * distances + margin).rectified().squared()
        let sum = 0.5 * (near + far).sum()
        return LossValue(isAveraged ? (1 / Float(batch.rows)) * sum : sum)
    }
}

extension LossDistance {
    /// The reference's name of the distance between the two of a pair.
    var siameseName: String { self == .cosine ? "COSINE_DISTANCE" : rawValue }
}

extension TrainingLoss {
    /// Alike pairs (label 1) should be close, others (label 0) at least a margin apart.
    ///
    /// - Parameters:
    ///   - distance: How distances are measured.
    ///   - margin: From which distance on different texts do not matter.
    ///   - isAveraged: Whether the losses of pairs are averaged, not added.
    /// - Returns: The loss.
    public static func contrastive(
        distance: LossDistance = .cosine, margin: Float = 0.5, isAveraged: Bool = true
    ) -> TrainingLoss {
        TrainingLoss(ContrastiveLoss(distance: distance, margin: margin, isAveraged: isAveraged))
    }
}
