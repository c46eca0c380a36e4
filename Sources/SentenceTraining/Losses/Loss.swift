// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// What a training step makes smaller: a function of the embeddings of a batch and its labels.
///
/// The step embeds the texts and passes the slopes of the loss back through the model, so that a loss sees neither
/// tokens nor layers. It is a value; what it learns itself it lists as a module does. After each step it is updated with
/// the values of everything that learns, also those of the model, which a loss may share.
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
    ///   - model: The model that is trained.
    ///   - random: Where new parameters get their values from.
    /// - Throws: ``TrainingError`` if the loss does not fit the model.
    mutating func prepare(for model: ModelPipeline, random: RandomStream) throws
    /// The loss as it is in a step, if it changes in the course of a run.
    ///
    /// - Parameters:
    ///   - step: How many steps came before.
    ///   - total: The steps of the run.
    /// - Returns: The loss of this step.
    func scheduled(step: Int, of total: Int) -> any Loss
    /// What a schedule has changed, for the log.
    var scheduledNumbers: [(name: String, value: Float)] { get }
    /// The inputs that the model reads for a batch: those of the rows, unless the loss pairs a query with documents of other
    /// rows.
    ///
    /// - Parameters:
    ///   - batch: The rows.
    ///   - random: Random numbers of the batch.
    /// - Returns: The inputs, with as many labels.
    func pairing(_ batch: TrainingBatch, random: RandomStream) -> TrainingBatch
    /// The parts of the loss, which are added up.
    ///
    /// - Throws: ``TrainingError`` if the labels have no value that the loss can take; what a guide model throws.
    func callAsFunction(_ batch: LossBatch) throws -> LossValue
}

extension Loss {
    /// The name with the arguments, as a configuration has them.
    package var configuration: JSONObject { arguments.merging(["name": .string(className)]) { $1 } }

    // Of losses that learn nothing and take embeddings as they are.
    package var parameters: [NamedParameter] { [] }
    package var embedding: LossEmbedding { LossEmbedding() }
    package func scheduled(step: Int, of total: Int) -> any Loss { self }
    package var scheduledNumbers: [(name: String, value: Float)] { [] }
    package func pairing(_ batch: TrainingBatch, random: RandomStream) -> TrainingBatch { batch }
    package mutating func update(_ values: ParameterValues) {}
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {}
}

/// How the step embeds texts for a loss.
package struct LossEmbedding: Sendable {
    /// Whether units are embedded twice, so that only one unit's tape is in memory at a time.
    ///
    /// Gao et al., *Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup*, 2021,
    /// <https://arxiv.org/abs/2101.06983>.
    package var isCached = false
    /// The layers whose embeddings the loss takes beside the last one's, given the random numbers of the step; layer 0
    /// is what the first one reads.
    package var layers: (@Sendable (RandomStream) -> [Int])?
    /// Which columns of texts are embedded, in this order and perhaps twice; all of them if nil.
    package var columns: [Int]?
    /// The models that embed columns instead of the trained one, by their place among those that are embedded; their
    /// parameters are the loss's.
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
        /// One number for each document of a row.
        case list = "a list of numbers a row, one for each document"
        /// One number for each row, or none.
        case optional = "one number a row, or none"
    }

    /// The given columns and labels.
    package init(columns: ClosedRange<Int>, labels: Labels) {
        self.columns = columns
        self.labels = labels
    }

    /// The number of columns, for messages.
    var columnsDescription: String {
        let (least, most) = (columns.lowerBound, columns.upperBound)
        if most == .max { return "\(least) columns or more" }
        return least == most ? "\(least) column\(least == 1 ? "" : "s")" : "\(least) to \(most) columns"
    }

    /// So many columns or more.
    package static func atLeast(_ columns: Int, labels: Labels) -> LossShape {
        LossShape(columns: columns...Int.max, labels: labels)
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
