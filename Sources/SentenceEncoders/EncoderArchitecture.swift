// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints

/// A family of models as data: what its configuration means and how its checkpoints name the weights.
package struct EncoderArchitecture: Sendable {
    /// The values of `model_type` in `config.json`.
    package let modelTypes: [String]
    /// What may stand before every name, most usual first: checkpoints of models with heads have one.
    package let prefixes: [String]
    /// The name of each slot's tensors.
    package let weights: [EncoderSlot: WeightSource]
    /// Tensors under the encoder's names that hold nothing learned.
    package let buffers: Set<String>
    /// From the configuration to dimensions and options.
    package let spec: @Sendable (ModelConfig) throws -> EncoderSpec

    package init(
        modelTypes: [String], prefixes: [String], weights: [EncoderSlot: WeightSource], buffers: Set<String> = [],
        spec: @escaping @Sendable (ModelConfig) throws -> EncoderSpec
    ) {
        self.modelTypes = modelTypes
        self.prefixes = prefixes
        self.weights = weights
        self.buffers = buffers
        self.spec = spec
    }

    /// Every architecture that this version knows.
    package static let all: [EncoderArchitecture] = [.bert]

    /// The architecture that `config.json` names.
    ///
    /// - Throws: ``CheckpointError`` with code `unsupported` that lists what is known.
    package init(config: ModelConfig) throws {
        let modelType = try config.string("model_type")
        guard let known = Self.all.first(where: { $0.modelTypes.contains(modelType) }) else {
            let types = Self.all.flatMap(\.modelTypes).joined(separator: ", ")
            throw CheckpointError(
                .unsupported, file: config.name,
                "model_type \"\(modelType)\" is not supported by this version; supported: \(types)")
        }
        self = known
    }
}
