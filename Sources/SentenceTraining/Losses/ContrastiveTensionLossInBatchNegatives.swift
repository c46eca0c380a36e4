// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Two copies of a model should agree on equal texts, against all others of the batch: the mean of the cross-entropies of
/// rows and columns of e^τ · sim(f(aᵢ), g(aⱼ)), of which τ is learned.
///
/// Carlsson et al., *Semantic Re-tuning with Contrastive Tension*, 2021, <https://openreview.net/forum?id=Ov_sMNau-PF>.
package struct ContrastiveTensionLossInBatchNegatives: RegisteredLoss {
    package static let name = "ContrastiveTensionLossInBatchNegatives"
    private let similarity: LossSimilarity
    private var copy: ModelPipeline?
    private var logScale: Parameter

    package init(scale: Float, similarity: LossSimilarity) {
        self.similarity = similarity
        logScale = Parameter(Tensor([Float(log(Double(scale)))], shape: []))
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(
            scale: try arguments.float("scale", default: 20),
            similarity: try arguments.choice("similarity_fct") ?? .cosine)
    }

    package var shape: LossShape { LossShape(columns: 1...2, labels: .none) }
    package var arguments: JSONObject {
        [
            "scale": .double(exp(Double(logScale.tensor.floats[0]))), "similarity_fct": .string(similarity.rawValue),
        ]
    }
    package var parameters: [NamedParameter] { copy.copiedParameters + [NamedParameter("logit_scale", logScale)] }
    package var embedding: LossEmbedding {
        var embedding = LossEmbedding()
        // Both models embed the first column.
        embedding.columns = [0, 0]
        embedding.models[0] = copy
        return embedding
    }

    package mutating func update(_ values: ParameterValues) {
        copy.update(values)
        logScale.update(values)
    }
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        guard logScale.tensor.floats[0].isFinite else {
            throw TrainingError(.invalidArgument, "\(className): scale must be above 0")
        }
        copy = try model.copyWithOwnParameters()
    }

    package func callAsFunction(_ batch: LossBatch) -> LossValue {
        let rows = batch.columns[0].rows
        let factor = logScale.value.mapped(.exponential).gatheringElements([Int](repeating: 0, count: rows * rows))
            .reshaped([rows, rows])
        let classes = Array(0..<rows)
        let a = similarity(batch.columns[0], batch.columns[1]) * factor
        let b = similarity(batch.columns[1], batch.columns[0]) * factor
        return LossValue(0.5 * (a.crossEntropy(classes) + b.crossEntropy(classes)))
    }
}

extension TrainingLoss {
    /// Two copies of a model should agree on equal texts, against all others of the batch; takes one column of texts.
    ///
    /// - Parameters:
    ///   - scale: What similarities are multiplied with at first; it is learned.
    ///   - similarity: How embeddings are compared.
    /// - Returns: The loss.
    public static func contrastiveTensionInBatchNegatives(
        scale: Float = 20, similarity: LossSimilarity = .cosine
    ) -> TrainingLoss {
        TrainingLoss(ContrastiveTensionLossInBatchNegatives(scale: scale, similarity: similarity))
    }
}
