// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// Another loss, for which texts are embedded twice so that the batch may be of any size.
///
/// Gao et al., *Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup*, 2021,
/// <https://arxiv.org/abs/2101.06983>.
package struct CachedLoss: Loss {
    private var loss: any Loss

    package init(_ loss: any Loss) { self.loss = loss }

    package var className: String { "Cached\(loss.className)" }
    package var arguments: JSONObject { loss.arguments }
    package var parameters: [NamedParameter] { loss.parameters }
    package var shape: LossShape { loss.shape }
    package var embedding: LossEmbedding {
        var embedding = loss.embedding
        embedding.isCached = true
        return embedding
    }

    package mutating func update(_ values: ParameterValues) { loss.update(values) }
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try loss.prepare(for: model, random: random)
    }
    package func scheduled(step: Int, of total: Int) -> any Loss { CachedLoss(loss.scheduled(step: step, of: total)) }
    package var scheduledNumbers: [(name: String, value: Float)] { loss.scheduledNumbers }
    package func pairing(_ batch: TrainingBatch, random: RandomStream) -> TrainingBatch {
        loss.pairing(batch, random: random)
    }
    package func callAsFunction(_ batch: LossBatch) throws -> LossValue { try loss(batch) }
}
