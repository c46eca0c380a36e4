// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// The positive of a query against all other documents of the batch, compared by late interaction: the mean over rows of
/// log Σ exp(scale · s(qᵢ, dⱼ)) - scale · s(qᵢ, dᵢ).
///
/// Santhanam et al., *ColBERTv2: Effective and Efficient Retrieval via Lightweight Late Interaction*, 2022,
/// <https://arxiv.org/abs/2112.01488>.
package struct MultiVectorMultipleNegativesRankingLoss: RegisteredLoss {
    package static let name = "MultiVectorMultipleNegativesRankingLoss"
    private let scale: Float
    private let scoring: MultiVectorScoring

    package init(scale: Float, scoring: MultiVectorScoring = .maxSim) {
        self.scale = scale
        self.scoring = scoring
    }

    package init(_ arguments: inout LossArguments) throws {
        arguments.ignore("mini_batch_size", "score_mini_batch_size", "gather_across_devices")
        self.init(scale: try arguments.float("scale", default: 1), scoring: try arguments.scoring())
    }

    package var shape: LossShape { .atLeast(2, labels: .none) }
    package var arguments: JSONObject {
        [
            "scale": .double(Double(scale)), "similarity_fct": .string(scoring.argument(.all)),
            "gather_across_devices": false,
        ]
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        guard scale > 0 else { throw TrainingError(.invalidArgument, "scale is \(scale); it must be above 0") }
        try model.requireVectors(for: self, scoring)
    }

    package func callAsFunction(_ batch: LossBatch) -> LossValue {
        let vectors = batch.vectors
        let scores = scoring(vectors[0], vectors.dropFirst().flatMap { $0 })
        return LossValue((scale * scores).crossEntropy(Array(0..<scores.rows)))
    }
}

extension ModelPipeline {
    /// Refuses a model that does not give a vector for each token.
    func requireVectors(for loss: any Loss, _ scoring: MultiVectorScoring) throws {
        try scoring.check()
        guard kind == .multiVectorEncoder else {
            throw TrainingError(.mismatchedLoss, "\(loss.className) trains multi-vector encoders, found a \(kind)")
        }
    }
}

extension TrainingLoss {
    /// The positive of a query against all other documents of the batch, compared by late interaction.
    ///
    /// - Parameters:
    ///   - scale: What scores are multiplied with; above 0.
    ///   - scoring: How vectors are compared.
    ///   - isCached: Whether texts are embedded twice to save memory; the result is the same to rounding.
    /// - Returns: The loss.
    public static func multiVectorMultipleNegativesRanking(
        scale: Float = 1, scoring: MultiVectorScoring = .maxSim, isCached: Bool = false
    ) -> TrainingLoss {
        let loss = MultiVectorMultipleNegativesRankingLoss(scale: scale, scoring: scoring)
        return TrainingLoss(isCached ? CachedLoss(loss) : loss)
    }
}
