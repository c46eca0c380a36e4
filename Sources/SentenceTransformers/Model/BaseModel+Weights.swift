// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension BaseModel {
    /// The model with its weights rounded to a type, in which it is then saved; it computes with the rounded numbers.
    ///
    /// `config.json` gets the type as its `dtype`, so that the Python library loads the model in it, too.
    ///
    /// - Parameter type: How weights are stored.
    /// - Returns: The model.
    /// - Throws: ``SentenceTransformersError`` that names the tensor if a number is too large for the type.
    public func convertingWeights(to type: WeightType) throws -> Self {
        var pipeline = pipeline
        var values = ParameterValues()
        for named in pipeline.parameters.distinct {
            let tensor = named.parameter.tensor.float32()
            let converted = tensor.converted(to: type.elementType)
            guard converted.float32().isAllFinite || !tensor.isAllFinite else {
                throw SentenceTransformersError(
                    .invalidArgument,
                    "a number of \(named.name) is too large for \(type.rawValue), which ends at 65,504; use bfloat16")
            }
            values[named.parameter] = converted
        }
        pipeline.update(values)
        try pipeline.setWeightType(type)
        return try Self(pipeline: pipeline)
    }
}
