// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTokenizers

/// A model whose parameters can be changed, with unique ownership.
///
/// It takes a model and gives one back. Meanwhile nobody else reaches the values that change: they are copies that only
/// this type holds, it cannot be copied itself, and while a step changes it, the compiler refuses to read it. Whoever
/// still holds the model that it began with has that model's values.
package struct TrainableModel<Model: BaseModel>: ~Copyable {
    /// The modules, for the passes of a step; not to be kept longer, since their values change in place.
    package private(set) var pipeline: ModelPipeline
    /// What the model learns, each parameter once, with the values that change.
    package let values: [TrainedParameter]

    /// Takes a model.
    ///
    /// - Parameters:
    ///   - model: The model to begin with, which does not change.
    ///   - isFrozen: Whether the parameter of a name keeps its value, beside those that are frozen by their modules.
    package init(_ model: consuming Model, isFrozen: (String) -> Bool = { _ in false }) {
        pipeline = model.pipeline
        values = pipeline.parameters.distinct.filter { !$0.isFrozen && !isFrozen($0.name) }.map(TrainedParameter.init)
        pipeline.update(ParameterValues(values))
    }

    /// What the model learns and what it keeps, each parameter once.
    package var parameters: [NamedParameter] { pipeline.parameters.distinct }

    /// The features of texts or pairs after all modules, recording gradients if that is enabled.
    ///
    /// - Throws: ``SentenceTransformersError`` if the model has no route for the task; otherwise the errors of the
    ///   modules.
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

    /// Updates the parameters to the values that `body` returns for the current model.
    package mutating func step(_ body: (borrowing TrainableModel) throws -> ParameterValues) rethrows {
        let found = try body(self)
        for value in values { found[value.parameter].map(value.value.set) }
        pipeline.update(ParameterValues(values))
    }

    /// Changes the values of parameters in place.
    package mutating func change(_ body: ([TrainedParameter]) throws -> Void) rethrows {
        defer { pipeline.update(ParameterValues(values)) }
        try body(values)
    }

    /// A model with the values that the parameters have now; later steps do not change it.
    ///
    /// - Throws: ``SentenceTransformersError`` if its modules do not make a model of this kind, which they did before.
    package func snapshot() throws -> Model {
        var copies = ParameterValues()
        for value in values { copies[value.parameter] = value.value.copy }
        var pipeline = pipeline
        pipeline.update(copies)
        return try Model(pipeline: pipeline)
    }

    /// The model with the current values of its parameters, which no longer change.
    ///
    /// - Throws: ``SentenceTransformersError`` if its modules do not form a model of this kind, which cannot happen as
    ///   long as they are unchanged.
    package consuming func finish() throws -> Model { try Model(pipeline: pipeline) }
}

/// A parameter with the value that training changes in place.
package struct TrainedParameter {
    /// The name under which the module saves it, such as `0.encoder.layer.0.output.dense.weight`.
    package let name: String
    /// The parameter, as the tape knows it.
    package let parameter: Parameter
    /// Its value.
    package let value: MutableTensor

    /// A parameter that begins with a copy of its value.
    package init(_ named: NamedParameter) {
        name = named.name
        parameter = named.parameter
        value = MutableTensor(copying: named.parameter.tensor)
        // What was read from a mapped file need not stay in memory twice.
        named.parameter.tensor.discardPages()
    }
}

extension ParameterValues {
    /// The values that parameters have in training; they change in place.
    package init(_ values: [TrainedParameter]) {
        self.init()
        for value in values { self[value.parameter] = value.value.view }
    }
}
