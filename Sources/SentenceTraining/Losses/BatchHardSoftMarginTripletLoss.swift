// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// ``BatchHardTripletLoss`` without a margin to choose: the mean of log(1 + exp(max d(a, p) - min d(a, n))).
///
/// Hermans et al., *In Defense of the Triplet Loss for Person Re-Identification*, 2017,
/// <https://arxiv.org/abs/1703.07737>.
package struct BatchHardSoftMarginTripletLoss: RegisteredLoss {
    package static let name = "BatchHardSoftMarginTripletLoss"
    private let distance: BatchDistance

    package init(distance: BatchDistance) { self.distance = distance }

    package init(_ arguments: inout LossArguments) throws {
        self.init(distance: try arguments.choice("distance_metric") ?? .euclidean)
    }

    package var shape: LossShape { LossShape(columns: 1...1, labels: .classes) }
    package var arguments: JSONObject { ["distance_metric": .string(distance.rawValue)] }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let gaps = distance(batch.columns[0]).hardestGaps(try batch.classes(for: self))
        return LossValue(gaps.activated(.softPlus).mean())
    }
}

extension TrainingLoss {
    /// As ``batchHardTriplet(distance:margin:)``, with a soft margin.
    ///
    /// - Parameter distance: How distances are measured.
    /// - Returns: The loss.
    public static func batchHardSoftMarginTriplet(distance: BatchDistance = .euclidean) -> TrainingLoss {
        TrainingLoss(BatchHardSoftMarginTripletLoss(distance: distance))
    }
}
