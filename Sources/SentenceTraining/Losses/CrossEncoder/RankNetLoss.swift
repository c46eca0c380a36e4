// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// How many pairs of a query's documents stand in the wrong order: ``LambdaLoss`` with equal weights.
///
/// Burges et al., *Learning to Rank using Gradient Descent*, 2005, <https://doi.org/10.1145/1102351.1102363>.
package struct RankNetLoss: ListwiseLoss {
    package static let name = "RankNetLoss"
    private let loss: LambdaLoss

    package init(k: Int?, sigma: Float) { loss = LambdaLoss(weighting: .none, k: k, sigma: sigma) }

    package init(_ arguments: inout LossArguments) throws { loss = try LambdaLoss(&arguments, .none) }

    package var activation: Activation { loss.activation }
    package var arguments: JSONObject { loss.arguments.filter { $0.key != "weighting_scheme" } }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try loss.prepare(for: model, random: random)
    }
    package func callAsFunction(_ batch: LossBatch) throws -> LossValue { try loss(batch) }
}

extension TrainingLoss {
    /// How many pairs of a query's documents stand in the wrong order; for rerankers and lists of documents.
    ///
    /// - Parameters:
    ///   - k: How many of the best documents count; a pair does if one of its two is among them. All if nil.
    ///   - sigma: How steeply a difference of scores counts; above 0.
    /// - Returns: The loss.
    public static func rankNet(k: Int? = nil, sigma: Float = 1) -> TrainingLoss {
        TrainingLoss(RankNetLoss(k: k, sigma: sigma))
    }
}
