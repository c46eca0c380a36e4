// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
package import SentenceSearch
import SentenceTensors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a classifier says of a text.
public struct Classification: Sendable, Equatable {
    /// The name of the most probable class.
    public let label: String
    /// Its probability, 0 to 1.
    public let score: Float
    /// The probabilities of all classes, in the order of the model's labels.
    public let scores: [Float]
}

extension SentenceTransformer {
    /// The names of the classes if the model ends in a layer that gives their probabilities; nil for any other.
    public var labels: [String]? {
        guard pipeline.modules.last is Dense else { return nil }
        return pipeline.settings.labels ?? (pipeline.modules.first as? Transformer)?.labels(count: embeddingDimension)
    }

    /// The most probable class of each text.
    ///
    /// - Parameters:
    ///   - texts: The texts.
    ///   - options: As for `encode`.
    /// - Returns: One answer for each text.
    /// - Throws: ``SentenceTransformersError`` if the model is no classifier; otherwise as `encode`.
    public func classify(_ texts: [String], options: EncodeOptions = .init()) throws -> [Classification] {
        guard labels != nil else {
            throw SentenceTransformersError(
                .invalidArgument,
                "the model in \(directory.path) has no labels: it gives embeddings, and a classifier can be made of it "
                    + "with a few examples")
        }
        return classifications(of: try encode(texts, options: options))
    }

    /// The most probable class of a text.
    ///
    /// - Throws: As for several texts.
    public func classify(_ text: String, options: EncodeOptions = .init()) throws -> Classification {
        try classify([text], options: options)[0]
    }

    /// The answers that rows of probabilities are.
    package func classifications(of scores: Matrix) -> [Classification] {
        let labels = labels ?? []
        return scores.map { row in
            let best = row.topK(1).first?.index ?? 0
            return Classification(label: labels[best], score: row[best], scores: Array(row))
        }
    }

    /// The model with a layer at its end that gives the probabilities of classes.
    ///
    /// - Parameters:
    ///   - weights: `[classes, dimensions]`.
    ///   - biases: One for each class.
    ///   - labels: The names of the classes.
    /// - Returns: The classifier.
    /// - Throws: ``SentenceTransformersError`` if they do not fit the model.
    package func classifying(weights: Matrix, biases: [Float], labels: [String]) throws -> SentenceTransformer {
        guard weights.columns == embeddingDimension, weights.rows == biases.count, weights.rows == labels.count else {
            throw SentenceTransformersError(
                .mismatchedModules,
                "a layer of \(weights.shape), \(biases.count) biases and \(labels.count) labels does not fit embeddings of "
                    + "\(embeddingDimension) dimensions")
        }
        var pipeline = pipeline
        try pipeline.append(
            Dense(weight: weights.tensor, bias: Tensor(biases, shape: [biases.count]), activation: .softmax),
            labels: labels)
        return try SentenceTransformer(pipeline: pipeline)
    }
}
