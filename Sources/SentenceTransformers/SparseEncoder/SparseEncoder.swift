// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
public import SentenceTokenizers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A sparse embedding model such as SPLADE: texts in, weights of vocabulary tokens out, most of them zero.
///
/// ```swift
/// let model = try await SparseEncoder("naver/splade-cocondenser-ensembledistil")
/// let embeddings = try await model.encode(["The weather is lovely today.", "It's so sunny outside!"])
/// print(try model.similarity(embeddings, embeddings))
/// print(model.decode(embeddings[0], topK: 10))
/// ```
///
/// Formal et al., *SPLADE: Sparse Lexical and Expansion Model for First Stage Ranking*, 2021,
/// <https://arxiv.org/abs/2107.05720>.
public final class SparseEncoder: TextEncoder {
    /// The similarity functions of embeddings.
    public typealias Similarity = SimilarityFunction

    /// A sparse encoder.
    public static let kind = ModelKind.sparseEncoder

    /// The model's modules and settings.
    public let pipeline: ModelPipeline
    /// The function that `similarity` uses; the dot product if the model names none.
    public let similarityFunction: SimilarityFunction
    /// The number of dimensions of an embedding, zeros included: usually the size of a vocabulary.
    public let embeddingDimension: Int
    /// The number of largest dimensions that `encode` keeps by default; nil for all.
    public let maximumActiveDimensions: Int?

    /// Creates a model from a loaded pipeline.
    ///
    /// - Throws: ``SentenceTransformersError`` if its modules do not produce a sentence embedding.
    public init(pipeline: ModelPipeline) throws {
        guard let dimension = try pipeline.sizes(of: .sentenceEmbedding) else {
            throw SentenceTransformersError(
                .mismatchedModules, "the modules of the model in \(pipeline.directory.path) give no sentence embedding")
        }
        self.pipeline = pipeline
        similarityFunction = pipeline.settings.similarityFunctionName.flatMap(SimilarityFunction.init) ?? .dot
        embeddingDimension = dimension
        let autoEncoder = pipeline.modules.lazy.compactMap { $0 as? SparseAutoEncoder }.first
        maximumActiveDimensions = pipeline.settings.maximumActiveDimensions ?? autoEncoder?.activeCount
    }

    private init(_ other: SparseEncoder, _ similarityFunction: SimilarityFunction) {
        var pipeline = other.pipeline
        pipeline.settings.similarityFunctionName = similarityFunction.rawValue
        self.pipeline = pipeline
        self.similarityFunction = similarityFunction
        embeddingDimension = other.embeddingDimension
        maximumActiveDimensions = other.maximumActiveDimensions
    }

    /// The same model with another function for `similarity`, which is also saved with it.
    public func with(similarityFunction: SimilarityFunction) -> SparseEncoder {
        SparseEncoder(self, similarityFunction)
    }

    /// The sparse embeddings of texts or pairs, with the number of tokens that each had and how many were used.
    ///
    /// - Returns: `[inputs, dimensions]`, and one receipt for each input.
    /// - Throws: ``SentenceTransformersError`` for options out of range, `EncoderError` if the tokenizer does not match
    ///   the model, `CancellationError` if the current task is cancelled.
    public func encodeWithReceipts(
        _ inputs: [TokenizerInput], options: SparseEncodeOptions = .init()
    ) throws -> (embeddings: SparseMatrix, receipts: [TruncationReceipt]) {
        try SentenceTransformersError.requirePositive(options.maximumActiveDimensions, "maximumActiveDimensions")
        let activeDimensions = options.maximumActiveDimensions ?? maximumActiveDimensions
        let job = try EncodeJob(pipeline, options, reading: .vectors, maximumActiveDimensions: activeDimensions)
        let results = ResultList<SparseVector>(count: inputs.count)
        let receipts = try job.run(inputs) { features, placement in
            guard var rows = features.sentenceEmbedding else { return }
            if let count = activeDimensions { rows = rows.keepingLargest(count) { abs($0) } }
            let vectors = rows.sparseRows
            for (text, index) in placement.pairs { results[index] = vectors[text] }
        }
        return (SparseMatrix(alike: results.all, columns: embeddingDimension), receipts)
    }

    /// The dimensions and the similarity function.
    public var resultDescription: String {
        "\(embeddingDimension) dimensions, "
            + (maximumActiveDimensions.map { "at most \($0) not zero" } ?? "most of them zero")
            + ", \(similarityFunction.rawValue)"
    }

    /// The rows of the matrix.
    public static func separate(_ embeddings: SparseMatrix) -> [SparseVector] {
        (0..<embeddings.rows).map { embeddings[$0] }
    }

    /// The similarities of all pairs of embeddings, by the model's similarity function.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[m, dimensions]`.
    /// - Returns: `[n, m]`.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func similarity(_ a: SparseMatrix, _ b: SparseMatrix) throws -> Matrix { try similarityFunction(a, b) }

    /// The similarity of each embedding with the one of the same index, by the model's similarity function.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[n, dimensions]`.
    /// - Returns: `n` similarities.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in number or dimensions.
    public func similarityPairwise(_ a: SparseMatrix, _ b: SparseMatrix) throws -> [Float] {
        try similarityFunction.pairwise(a, b)
    }

    /// The similarity of one embedding with each row of a matrix; `topK` of the result finds the best.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func similarity(_ vector: SparseVector, _ rows: SparseMatrix) throws -> [Float] {
        try similarity(SparseMatrix(alike: [vector], columns: vector.dimension), rows).elements
    }

    /// The similarity of two embeddings, by the model's similarity function.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func similarity(_ a: SparseVector, _ b: SparseVector) throws -> Float {
        try similarityPairwise(
            SparseMatrix(alike: [a], columns: a.dimension), SparseMatrix(alike: [b], columns: b.dimension))[0]
    }
}
