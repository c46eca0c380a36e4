// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
import SentenceTensors

/// The layer that a softmax loss learns beside a model: it tells classes of pairs from their embeddings.
public struct SoftmaxClassifier: Sendable {
    private let weight: Matrix
    private let bias: [Float]
    private let parts: SoftmaxParts

    /// A layer of known numbers.
    ///
    /// - Parameters:
    ///   - weight: `[classes, size]`, where a size is that of an embedding times how many vectors the parts are.
    ///   - bias: A number for each class.
    ///   - parts: What the layer sees of two embeddings.
    /// - Throws: ``TrainingError`` if there are no classes, or not as many numbers as classes.
    public init(weight: Matrix, bias: [Float], parts: SoftmaxParts = [.embeddings, .difference]) throws {
        guard weight.rows > 0, weight.rows == bias.count, parts.vectorCount > 0 else {
            throw TrainingError(
                .invalidArgument,
                "a classifier with \(weight.rows) rows of weights, \(bias.count) biases and \(parts.vectorCount) vectors; "
                    + "expected a row and a bias for each class, and at least one vector")
        }
        self.weight = weight
        self.bias = bias
        self.parts = parts
    }

    /// The class of each pair of embeddings; of equal scores the first class.
    ///
    /// - Throws: ``TrainingError`` if embeddings have another size than the layer.
    func classes(_ a: Matrix, _ b: Matrix) throws -> [Int] {
        guard a.columns * parts.vectorCount == weight.columns else {
            throw TrainingError(
                .invalidArgument,
                "the classifier takes \(weight.columns) columns, the model's embeddings make "
                    + "\(a.columns * parts.vectorCount); it belongs to another model")
        }
        let vectors = parts.vectors(a.tensor, b.tensor)
        let scores = Tensor.beside(vectors).product(transposed: weight.tensor)
            .adding(row: Tensor(bias, shape: [bias.count]))
        return Matrix(scores).map { $0.topK(1).first?.index ?? 0 }
    }
}
