// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// The positive of a query against all other documents of the batch, compared by late interaction: the mean over rows of
/// log Σ exp(scale · maxSim(qᵢ, dⱼ)) - scale · maxSim(qᵢ, dᵢ).
///
/// Santhanam et al., *ColBERTv2: Effective and Efficient Retrieval via Lightweight Late Interaction*, 2022,
/// <https://arxiv.org/abs/2112.01488>.
package struct MultiVectorMultipleNegativesRankingLoss: RegisteredLoss {
    package static let name = "MultiVectorMultipleNegativesRankingLoss"
    private let scale: Float
    /// The score of a document without tokens, below that of any other.
    private static let emptyScore: Float = -1e9

    package init(scale: Float) { self.scale = scale }

    package init(_ arguments: inout LossArguments) throws {
        arguments.ignore("mini_batch_size", "score_mini_batch_size", "gather_across_devices")
        try arguments.require("similarity_fct", to: "colbert_scores")
        self.init(scale: try arguments.float("scale", default: 1))
    }

    package var shape: LossShape { .atLeast(2, labels: .none) }
    package var arguments: JSONObject {
        ["scale": .double(Double(scale)), "similarity_fct": "colbert_scores", "gather_across_devices": false]
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        guard scale > 0 else { throw TrainingError(.invalidArgument, "scale is \(scale); it must be above 0") }
        guard model.kind == .multiVectorEncoder else {
            throw TrainingError(.mismatchedLoss, "\(className) trains multi-vector encoders, found a \(model.kind)")
        }
    }

    package func callAsFunction(_ batch: LossBatch) -> LossValue {
        let columns = zip(batch.columns, batch.offsets).map { vectors, offsets in
            (0..<offsets.count).map { vectors.rowRange(offsets[$0]) }
        }
        let scores = Tensor.maxSim(columns[0], columns.dropFirst().flatMap { $0 }, emptyScore: Self.emptyScore)
        return LossValue((scale * scores).crossEntropy(Array(0..<scores.rows)))
    }
}

extension TrainingLoss {
    /// The positive of a query against all other documents of the batch, compared by late interaction.
    ///
    /// - Parameters:
    ///   - scale: What scores are multiplied with; above 0.
    ///   - isCached: Whether texts are embedded twice to save memory; the result is the same to rounding.
    /// - Returns: The loss.
    public static func multiVectorMultipleNegativesRanking(scale: Float = 1, isCached: Bool = false) -> TrainingLoss {
        let loss = MultiVectorMultipleNegativesRankingLoss(scale: scale)
        return TrainingLoss(isCached ? CachedLoss(loss) : loss)
    }
}
