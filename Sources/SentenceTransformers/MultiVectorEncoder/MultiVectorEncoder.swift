// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
import SentenceTensors
public import SentenceTokenizers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A late-interaction model such as ColBERT: texts in, a vector for each of their tokens out.
///
/// ```swift
/// let model = try await MultiVectorEncoder("lightonai/GTE-ModernColBERT-v1")
/// let queries = try await model.encodeQuery(["What is the capital of France?"])
/// let documents = try await model.encodeDocument(["Paris is the capital of France.", "Berlin is a city."])
/// print(try model.similarity(queries, documents))
/// ```
///
/// Khattab and Zaharia, *ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT*,
/// 2020, <https://arxiv.org/abs/2004.12832>.
public final class MultiVectorEncoder: TextEncoder {
    /// The similarity functions of multi-vector embeddings.
    public typealias Similarity = MultiVectorSimilarity

    /// A multi-vector encoder.
    public static let kind = ModelKind.multiVectorEncoder

    /// The model's modules and settings.
    public let pipeline: ModelPipeline
    /// The function that `similarity` uses; ``MultiVectorSimilarity/maxSim`` if the model names no multi-vector
    /// similarity.
    public let similarityFunction: MultiVectorSimilarity
    /// The number of dimensions of a token's vector.
    public let embeddingDimension: Int

    /// Creates a model from a loaded pipeline.
    ///
    /// - Throws: ``SentenceTransformersError`` if its modules do not produce token vectors.
    public init(pipeline: ModelPipeline) throws {
        guard let dimension = try pipeline.sizes(of: .tokenEmbeddings) else {
            throw SentenceTransformersError(
                .mismatchedModules, "the modules of the model in \(pipeline.directory.path) give no token embeddings")
        }
        embeddingDimension = dimension
        similarityFunction = pipeline.settings.similarityFunctionName.flatMap(MultiVectorSimilarity.init) ?? .maxSim
        self.pipeline = pipeline.comparing(by: similarityFunction)
    }

    private init(_ other: MultiVectorEncoder, _ similarityFunction: MultiVectorSimilarity) {
        pipeline = other.pipeline.comparing(by: similarityFunction)
        self.similarityFunction = similarityFunction
        embeddingDimension = other.embeddingDimension
    }

    /// The same model with another function for `similarity`, which is also saved with it.
    public func with(similarityFunction: MultiVectorSimilarity) -> MultiVectorEncoder {
        MultiVectorEncoder(self, similarityFunction)
    }

    /// The token vectors of texts or pairs, with the number of tokens that each had and how many were used.
    ///
    /// The number of vectors may differ from the number of tokens: models drop punctuation in documents and expand
    /// short queries.
    /// - Returns: For each input, `[vectors, dimensions]` and a receipt.
    /// - Throws: ``SentenceTransformersError`` for options out of range, `EncoderError` if the tokenizer does not match
    ///   the model, `CancellationError` if the current task is cancelled.
    public func encodeWithReceipts(
        _ inputs: [TokenizerInput], options: MultiVectorEncodeOptions = .init()
    ) throws -> (embeddings: [Matrix], receipts: [TruncationReceipt]) {
        let results = ResultList<Matrix>(count: inputs.count)
        let receipts = try EncodeJob(pipeline, options, reading: .keptTokens).run(inputs) { features, placement in
            var features = features
            features.dropUnkeptTokens()
            guard var vectors = features.tokenEmbeddings else { return }
            if options.normalizeEmbeddings { vectors = vectors.normalized() }
            for (text, index) in placement.pairs {
                // A copy, so that one text does not keep its whole micro-batch alive.
                let rows = vectors.rowRange(features.texts[text])
                let embedding = Matrix(Tensor(rows.floats, shape: rows.shape))
                results[index] = options.tokenPooling?([embedding], task: options.task)[0] ?? embedding
            }
        }
        return (results.all, receipts)
    }

    /// The dimensions and the similarity function.
    public var resultDescription: String {
        "\(embeddingDimension) dimensions for each token, \(similarityFunction.rawValue)"
    }

    /// The unchanged embeddings, one matrix for each text.
    public static func separate(_ embeddings: [Matrix]) -> [Matrix] { embeddings }
}

extension MultiVectorEncoder {
    /// The similarities of all queries with all documents, by the model's similarity function.
    ///
    /// - Parameters:
    ///   - queries: For each query, `[vectors, dimensions]`.
    ///   - documents: For each document, `[vectors, dimensions]`.
    /// - Returns: `[queries, documents]`.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func similarity(_ queries: [Matrix], _ documents: [Matrix]) throws -> Matrix {
        try similarityFunction(queries, documents)
    }

    /// The similarity of each query with the document of the same index, by the model's similarity function.
    ///
    /// - Parameters:
    ///   - queries: For each query, `[vectors, dimensions]`.
    ///   - documents: For each document, `[vectors, dimensions]`; as many as queries.
    /// - Returns: One similarity for each pair.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in number or dimensions.
    public func similarityPairwise(_ queries: [Matrix], _ documents: [Matrix]) throws -> [Float] {
        try similarityFunction.pairwise(queries, documents)
    }

    /// The similarity of one query with each document; `topK` of the result finds the best.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func similarity(_ query: Matrix, _ documents: [Matrix]) throws -> [Float] {
        try similarity([query], documents).elements
    }

    /// The similarity of a query and a document, by the model's similarity function.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func similarity(_ query: Matrix, _ document: Matrix) throws -> Float {
        try similarity([query], [document])[0, 0]
    }
}

extension ModelPipeline {
    /// The same pipeline with the name of a similarity function in its settings.
    fileprivate func comparing(by similarity: MultiVectorSimilarity) -> ModelPipeline {
        var pipeline = self
        pipeline.settings.similarityFunctionName = similarity.rawValue
        return pipeline
    }
}
