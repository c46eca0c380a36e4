// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An embedding model (bi-encoder): texts in, vectors out, whose similarity is that of the texts.
///
/// ```swift
/// let model = try await SentenceTransformer("all-MiniLM-L6-v2")
/// let embeddings = try await model.encode(["The weather is lovely today.", "It's so sunny outside!"])
/// print(try model.similarity(embeddings, embeddings))
/// ```
///
/// Reimers and Gurevych, *Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks*, 2019,
/// <https://arxiv.org/abs/1908.10084>.
public final class SentenceTransformer: TextEncoder {
    /// The similarity functions of embeddings.
    public typealias Similarity = SimilarityFunction

    /// An embedding model.
    public static let kind = ModelKind.sentenceTransformer

    /// The model's modules and settings.
    public let pipeline: ModelPipeline
    /// The function that `similarity` uses.
    public let similarityFunction: SimilarityFunction
    /// The number of dimensions of an embedding before any truncation.
    public let embeddingDimension: Int

    /// Creates a model from a loaded pipeline.
    ///
    /// - Throws: ``SentenceTransformersError`` if its modules do not produce a sentence embedding.
    public init(pipeline: ModelPipeline) throws {
        guard let dimension = try pipeline.sizes(of: .sentenceEmbedding) else {
            throw SentenceTransformersError(
                .mismatchedModules,
                "the modules of the model in \(pipeline.directory.path) give no sentence embedding")
        }
        self.pipeline = pipeline
        similarityFunction = pipeline.settings.similarityFunctionName.flatMap(SimilarityFunction.init) ?? .cosine
        embeddingDimension = dimension
    }

    private init(_ other: SentenceTransformer, _ similarityFunction: SimilarityFunction) {
        var pipeline = other.pipeline
        pipeline.settings.similarityFunctionName = similarityFunction.rawValue
        self.pipeline = pipeline
        self.similarityFunction = similarityFunction
        embeddingDimension = other.embeddingDimension
    }

    /// The same model with another function for `similarity`, which is also saved with it.
    public func with(similarityFunction: SimilarityFunction) -> SentenceTransformer {
        SentenceTransformer(self, similarityFunction)
    }

    /// The dimensions and the similarity function.
    public var resultDescription: String {
        "\(embeddingDimension) dimensions" + (truncateDimension.map { ", of which \($0) are kept" } ?? "")
            + ", \(similarityFunction.rawValue)"
    }

    /// The number of leading dimensions that `encode` keeps by default; nil for all.
    public var truncateDimension: Int? { pipeline.settings.truncateDimension }
}
