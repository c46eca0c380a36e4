// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTransformers

/// Texts of a batch that run through the model together, with one tape.
///
/// How a batch is cut depends on its texts alone: gradients are sums over units in their order, so that neither the
/// number of threads nor how many tapes are kept at a time changes a bit of them.
struct EmbeddingUnit: Sendable {
    /// The place of a text in the batch.
    struct Place: Sendable, Hashable {
        let column: Int
        let row: Int
    }

    /// The texts in the order in which the unit holds them.
    let places: [Place]
    /// What the model reads.
    let input: InputBatch
    /// How the forward pass runs.
    let call: ForwardCall
    /// The column's own model, if the loss has one for it.
    let model: ModelPipeline?
    /// Whose random numbers the unit draws.
    let index: Int

    /// Cuts a batch: texts that run alike together, longest first.
    ///
    /// - Parameters:
    ///   - prepared: The batch.
    ///   - models: The models of columns that the trained model does not embed.
    ///   - budget: Tokens of a unit, unless a single text has more.
    /// - Returns: The units, in the order in which their gradients are added.
    static func cut(_ prepared: PreparedBatch, models: [Int: ModelPipeline], budget: Int) -> [EmbeddingUnit] {
        struct Key: Hashable {
            let call: ForwardCall
            let model: Int?
        }
        let columns = prepared.inputs.indices
        var keys: [Key] = []
        for column in columns {
            let key = Key(call: prepared.calls[column], model: models[column] == nil ? nil : column)
            if !keys.contains(key) { keys.append(key) }
        }
        var units: [EmbeddingUnit] = []
        for key in keys {
            let alike = columns.filter {
                prepared.calls[$0] == key.call && (models[$0] == nil ? nil : $0) == key.model
            }
            let all = InputBatch.joined(alike.map { prepared.inputs[$0] })
            let places = alike.flatMap { column in
                (0..<prepared.inputs[column].count).map { Place(column: column, row: $0) }
            }
            for texts in MicroBatches.cut((0..<all.count).map { all.length(of: $0) }, budget: budget) {
                units.append(
                    EmbeddingUnit(
                        places: texts.map { places[$0] }, input: all.selecting(texts), call: key.call,
                        model: key.model.flatMap { models[$0] }, index: units.count))
            }
        }
        return units
    }
}
