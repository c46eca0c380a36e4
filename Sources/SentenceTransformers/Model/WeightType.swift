// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// How the numbers of a saved model are stored.
public enum WeightType: String, Sendable, CaseIterable {
    /// 32 bits: what was computed, exactly.
    case float32
    /// 16 bits, 11 of them for digits; up to 65,504.
    case float16
    /// 16 bits, 8 of them for digits; as large as float32.
    case bfloat16

    var elementType: ElementType {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        }
    }
}

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
