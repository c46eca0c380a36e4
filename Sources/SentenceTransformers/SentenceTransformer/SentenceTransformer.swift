// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An embedding model (bi-encoder): texts in, vectors out whose similarity is the texts'.
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
    /// Embeddings are compared two by two.
    public typealias Similarity = SimilarityFunction

    /// Embeds texts.
    public static let kind = ModelKind.sentenceTransformer

    /// The model's modules and settings.
    public let pipeline: ModelPipeline
    /// The function behind `similarity`.
    public let similarityFunction: SimilarityFunction
    /// The dimensions of an embedding before any truncation.
    public let embeddingDimension: Int

    /// Takes a loaded pipeline.
    ///
    /// - Throws: ``SentenceTransformersError`` if its modules give no sentence embedding.
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

    /// The same model with another function behind `similarity`, which it also keeps when it is saved.
    public func with(similarityFunction: SimilarityFunction) -> SentenceTransformer {
        SentenceTransformer(self, similarityFunction)
    }

    /// The dimensions of an embedding.
    public var resultDescription: String {
        "\(embeddingDimension) dimensions" + (truncateDimension.map { ", of which \($0) are kept" } ?? "")
            + ", \(similarityFunction.rawValue)"
    }

    /// The number of leading dimensions that `encode` keeps if nothing else is asked; nil for all.
    public var truncateDimension: Int? { pipeline.settings.truncateDimension }
}
