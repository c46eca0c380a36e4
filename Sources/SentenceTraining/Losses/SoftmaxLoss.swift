// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// A classifier of pairs: the mean of -log softmax(W (u; v; |u - v|; u · v) + b)[class], of which W and b are learned.
///
/// Reimers and Gurevych, *Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks*, 2019,
/// <https://arxiv.org/abs/1908.10084>.
package struct SoftmaxLoss: RegisteredLoss {
    package static let name = "SoftmaxLoss"
    private let labelCount: Int
    private let parts: SoftmaxParts
    private var classifier: Projection?

    package init(labelCount: Int, parts: SoftmaxParts) {
        self.labelCount = labelCount
        self.parts = parts
    }

    package init(_ arguments: inout LossArguments) throws {
        // The model knows its size.
        arguments.ignore("embedding_dimension", "sentence_embedding_dimension")
        var parts: SoftmaxParts = []
        if try arguments.bool("concatenation_sent_rep", default: true) { parts.insert(.embeddings) }
        if try arguments.bool("concatenation_sent_difference", default: true) { parts.insert(.difference) }
        if try arguments.bool("concatenation_sent_multiplication", default: false) { parts.insert(.product) }
        self.init(labelCount: try arguments.int("num_labels"), parts: parts)
    }

    package var shape: LossShape { LossShape(columns: 2...2, labels: .classes) }
    package var parameters: [NamedParameter] { classifier?.parameters.map { $0.inside("classifier") } ?? [] }
    package var arguments: JSONObject {
        [
            "num_labels": .int(labelCount), "concatenation_sent_rep": .bool(parts.contains(.embeddings)),
            "concatenation_sent_difference": .bool(parts.contains(.difference)),
            "concatenation_sent_multiplication": .bool(parts.contains(.product)),
        ]
    }

    package mutating func update(_ values: ParameterValues) { classifier.update(values) }
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        guard labelCount > 0, !parts.isEmpty else {
            throw TrainingError(
                .invalidArgument,
                labelCount > 0
                    ? "\(className) must see the embeddings, their difference or their product; all are off"
                    : "\(className): num_labels must be 1 or more, found \(labelCount)")
        }
        let size = try SentenceTransformer(pipeline: model).embeddingDimension
        classifier = Projection(inputs: parts.vectorCount * size, outputs: labelCount, random)
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let (u, v) = (batch.columns[0], batch.columns[1])
        let scores = try classifier.fitting(.beside(parts.vectors(u, v)), self)
        return LossValue(scores.crossEntropy(try batch.classes(for: self, below: labelCount)))
    }
}

/// What a classifier of pairs sees of two embeddings u and v.
public struct SoftmaxParts: OptionSet, Sendable {
    /// A bit for each part.
    public let rawValue: Int

    /// The parts of some bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// u and v.
    public static let embeddings = SoftmaxParts(rawValue: 1)
    /// |u - v|.
    public static let difference = SoftmaxParts(rawValue: 2)
    /// u · v, element by element.
    public static let product = SoftmaxParts(rawValue: 4)

    /// How many vectors stand side by side.
    var vectorCount: Int {
        (contains(.embeddings) ? 2 : 0) + (contains(.difference) ? 1 : 0) + (contains(.product) ? 1 : 0)
    }

    /// The vectors that stand side by side.
    func vectors(_ u: Tensor, _ v: Tensor) -> [Tensor] {
        var vectors: [Tensor] = []
        if contains(.embeddings) { vectors += [u, v] }
        if contains(.difference) { vectors.append((u - v).mapped(.absolute)) }
        if contains(.product) { vectors.append(u * v) }
        return vectors
    }
}

extension Projection? {
    /// The layer's output for embeddings of the model that it was made for.
    ///
    /// - Throws: ``TrainingError`` if there is no layer yet, or another loss has cut the embeddings.
    func fitting(_ x: Tensor, _ loss: any Loss) throws -> Tensor {
        guard let self, self.inputs == x.columns else {
            throw TrainingError(
                .mismatchedLoss,
                "\(loss.className) learns a layer for \(self?.inputs ?? 0) columns, found \(x.columns); it cannot stand "
                    + "inside a loss that cuts embeddings")
        }
        return self(x)
    }
}

extension TrainingLoss {
    /// A classifier of pairs, which is learned beside the model.
    ///
    /// - Parameters:
    ///   - labelCount: The number of classes.
    ///   - parts: What the classifier sees of two embeddings.
    /// - Returns: The loss.
    public static func softmax(
        labelCount: Int, parts: SoftmaxParts = [.embeddings, .difference]
    ) -> TrainingLoss {
        TrainingLoss(SoftmaxLoss(labelCount: labelCount, parts: parts))
    }
}
