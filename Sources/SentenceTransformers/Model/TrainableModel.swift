// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTokenizers

/// A model whose parameters change, in one hand.
///
/// It takes a model and gives one back. Meanwhile nobody else reaches the values that change: the type cannot be copied,
/// and while a step changes it, the compiler refuses to read it. Whoever still holds the model that it began with has
/// that model's values.
package struct TrainableModel<Model: BaseModel>: ~Copyable {
    private var pipeline: ModelPipeline

    /// Takes a model.
    package init(_ model: consuming Model) { pipeline = model.pipeline }

    /// What the model learns, each parameter once.
    package var parameters: [NamedParameter] { pipeline.parameters.distinct }

    /// The features of some texts or pairs after all modules, with gradients if these are recorded.
    ///
    /// - Throws: ``SentenceTransformersError`` if the model has no way for the task; what the modules throw.
    package func features(
        of inputs: [TokenizerInput], task: EncodingTask? = nil
    ) throws -> Features {
        let route = try pipeline.route(for: task)
        let limit = route.input.maximumLength(nil, for: task)
        let tokens = try route.input.tokenize(inputs, prompt: "", maximumLength: limit, task: task)
        var features = Features(.tokens(tokens), ForwardCall(task: task))
        try route(&features)
        return features
    }

    /// Changes parameters: `body` gets the model as it is, and says what becomes of it.
    package mutating func step(_ body: (borrowing TrainableModel) throws -> ParameterValues) rethrows {
        pipeline.update(try body(self))
    }

    /// The model with the values that its parameters have now, which do not change any more.
    ///
    /// - Throws: ``SentenceTransformersError`` if its modules do not make a model of this kind, which they did before.
    package consuming func finish() throws -> Model { try Model(pipeline: pipeline) }
}
