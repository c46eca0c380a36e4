// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// ``TripletLoss`` of each text with the farthest of its class and the closest of the others:
/// the mean of max(0, max d(a, p) - min d(a, n) + m).
///
/// Hermans et al., *In Defense of the Triplet Loss for Person Re-Identification*, 2017,
/// <https://arxiv.org/abs/1703.07737>.
package struct BatchHardTripletLoss: RegisteredLoss {
    package static let name = "BatchHardTripletLoss"
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
        let gaps = distance(batch.columns[0]).hardestGaps(try batch.classes(for: self))
        return LossValue((gaps + margin).rectified().mean())
    }
}

extension Tensor {
    /// For each row of distances `[n, n]`: the largest to the same class less the smallest to another, `[n, 1]`.
    ///
    /// Without another of its class a row has the largest distance 0; without one of another class the smallest is the
    /// largest of all, as in the reference.
    func hardestGaps(_ classes: [Int]) -> Tensor {
        let positives = Tensor.mask(rows, rows) { $0 != $1 && classes[$0] == classes[$1] ? 1 : 0 }
        let same = Tensor.mask(rows, rows) { classes[$0] == classes[$1] ? 1 : 0 }
        let farthest = (self * positives).rowMaxima()
        let closest = (self + rowMaxima().repeated(columns: rows) * same).rowMinima()
        return farthest - closest
    }
}

extension TrainingLoss {
    /// The farthest text of one class should be closer than the closest of others by a margin.
    ///
    /// - Parameters:
    ///   - distance: How distances are measured.
    ///   - margin: By how much.
    /// - Returns: The loss.
    public static func batchHardTriplet(distance: BatchDistance = .euclidean, margin: Float = 5) -> TrainingLoss {
        TrainingLoss(BatchHardTripletLoss(distance: distance, margin: margin))
    }
}
