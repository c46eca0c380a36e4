// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTokenizers
package import SentenceTransformers

/// What a training step makes smaller: a function of the embeddings of a batch and its labels.
///
/// The step embeds the texts and passes the slopes of the loss back through the model, so that a loss sees neither
/// tokens nor layers. It is a value; what it learns itself it lists as a module does.
package protocol Loss: Trainable, Sendable {
    /// The class name in the reference, such as `MultipleNegativesRankingLoss`.
    var className: String { get }
    /// The arguments as the reference spells them, for the model card and for checkpoints.
    var arguments: JSONObject { get }
    /// What the loss learns, by the names under which checkpoints hold it.
    var parameters: [NamedParameter] { get }
    /// How the step embeds texts for this loss.
    var embedding: LossEmbedding { get }
    /// The columns and labels that the loss takes.
    var shape: LossShape { get }

    /// Makes what the loss learns to fit the model; called once before the first step.
    ///
    /// - Parameters:
    ///   - model: The model as it begins.
    ///   - seed: The seed of the run, for values that are drawn at random.
    /// - Throws: ``TrainingError`` if the loss does not fit the model.
    mutating func prepare(for model: ModelPipeline, seed: UInt64) throws
    /// The parts of the loss, which are added up.
    ///
    /// - Throws: ``TrainingError`` if the labels have no value that the loss can take; what a guide model throws.
    func callAsFunction(_ batch: LossBatch) throws -> LossValue
}

extension Loss {
    // Of losses that learn nothing and take embeddings as they are.
    package var parameters: [NamedParameter] { [] }
    package var embedding: LossEmbedding { LossEmbedding() }
    package mutating func update(_ values: ParameterValues) {}
    package mutating func prepare(for model: ModelPipeline, seed: UInt64) throws {}
}

/// How the step embeds texts for a loss.
package struct LossEmbedding: Sendable {
    /// Whether units are embedded twice, so that only one unit's tape is in memory at a time.
    ///
    /// Gao et al., *Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup*, 2021,
    /// <https://arxiv.org/abs/2101.06983>.
    package var isCached = false
    /// The layers whose embeddings the loss takes beside the last one's, given the number of layers and the step.
    package var layers: (@Sendable (_ count: Int, _ random: RandomStream) -> [Int])?
    /// The models that embed columns instead of the trained one, by column; their parameters are the loss's.
    package var models: [Int: ModelPipeline] = [:]

    /// Texts are embedded once, by the trained model, after its last layer.
    package init() {}
}

/// The columns and labels that a loss takes.
package struct LossShape: Sendable, Equatable {
    /// How many columns of texts.
    package var columns: ClosedRange<Int>
    /// What the labels are.
    package var labels: Labels

    /// What a label is.
    package enum Labels: String, Sendable {
        /// There are none; a column of labels is not looked at.
        case none = "no labels"
        /// One number for each row.
        case number = "one number a row"
        /// A class for each row, a whole number from 0.
        case classes = "a class, a whole number of 0 or more, a row"
        /// One number or more for each row.
        case numbers = "one number or more a row"
        /// Whatever the inner loss takes.
        case any = "labels of any kind"
    }

    /// The given columns and labels.
    package init(columns: ClosedRange<Int>, labels: Labels) {
        self.columns = columns
        self.labels = labels
    }

    /// So many columns or more.
    package static func atLeast(_ columns: Int, labels: Labels) -> LossShape {
        LossShape(columns: columns...Int.max, labels: labels)
    }
}

/// What a loss sees of a batch.
package struct LossBatch: Sendable {
    /// The embeddings of each column, `[rows, size]`; of late interaction the vectors of all tokens,
    /// `[tokens, size]`.
    package var columns: [Tensor]
    /// Where the vectors of each row begin in each column, if a row has more than one.
    package var offsets: [TextOffsets]
    /// For every layer that the loss asked for its embeddings, as `columns`.
    package var layers: [[Tensor]]
    /// The numbers of each row, `[rows]` or `[rows, n]`.
    package var labels: Tensor?
    /// The texts of each column.
    package var texts: [[TokenizerInput]]
    /// Random numbers of this step.
    package var random: RandomStream

    /// The number of rows.
    package var rows: Int { texts.first?.count ?? columns.first?.rows ?? 0 }

    /// A batch of the given contents.
    package init(
        columns: [Tensor], offsets: [TextOffsets] = [], layers: [[Tensor]] = [], labels: Tensor? = nil,
        texts: [[TokenizerInput]] = [], random: RandomStream = RandomStream(seed: 0, step: 0)
    ) {
        self.columns = columns
        self.offsets = offsets
        self.layers = layers
        self.labels = labels
        self.texts = texts
        self.random = random
    }
}

/// The value of a loss: named parts, which are added up.
package struct LossValue: Sendable {
    /// The parts with their names, each a tensor of shape `[]`; one part of a loss has no name.
    package var parts: [(name: String, value: Tensor)]

    /// A loss of one part.
    package init(_ value: Tensor) { parts = [("", value.reshaped([]))] }

    /// A loss of several parts.
    package init(_ parts: [(name: String, value: Tensor)]) {
        self.parts = parts.map { ($0.name, $0.value.reshaped([])) }
    }

    /// The sum of the parts, `[]`.
    package var total: Tensor {
        parts.dropFirst().reduce(parts[0].value) { $0 + $1.value }
    }
}
