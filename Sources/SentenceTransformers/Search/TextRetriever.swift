// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch

/// A search for the texts of a corpus that fit queries best.
///
/// ``HybridSearch`` joins several. An own one, for example over a database, needs only this protocol.
public protocol TextRetriever: Sendable {
    /// What results call this search, such as `dense`.
    var name: String { get }
    /// The number of texts in the corpus.
    var count: Int { get }

    /// The best texts for each query.
    ///
    /// - Parameters:
    ///   - queries: Any number of queries.
    ///   - topK: How many texts to find for each query at most, at least 1.
    ///   - allowed: The texts that may be found; all if nil.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Returns: For each query texts by their index, best first.
    /// - Throws: What the search throws.
    func search(_ queries: [String], topK: Int, allowed: RowSet?, threads: Int?) throws -> [[ScoredIndex]]
}

/// A search by the words that texts have in common with a query.
extension LexicalIndex: TextRetriever {
    /// `bm25`.
    public var name: String { "bm25" }
}

/// A search by the embeddings of a ``SentenceTransformer``.
public struct DenseRetriever: TextRetriever {
    /// What results call this search.
    public var name = "dense"
    /// The model, which encodes queries.
    public let model: SentenceTransformer
    /// The embeddings of the texts.
    public let corpus: SearchCorpus
    /// How queries are encoded.
    public var queryOptions: EncodeOptions

    /// The number of texts in the corpus.
    public var count: Int { corpus.rows }

    /// A search in embeddings that the model has made before.
    public init(_ model: SentenceTransformer, corpus: SearchCorpus, queryOptions: EncodeOptions = .init()) {
        (self.model, self.corpus, self.queryOptions) = (model, corpus, queryOptions)
    }

    /// Encodes texts as documents and searches in them.
    ///
    /// - Throws: As `encodeDocument`.
    public init(
        _ model: SentenceTransformer, texts: [String], options: EncodeOptions = .init(),
        queryOptions: EncodeOptions = .init()
    ) throws {
        self.init(
            model, corpus: SearchCorpus(try model.encodeDocument(texts, options: options)), queryOptions: queryOptions)
    }

    /// The best texts for each query, which the model encodes.
    public func search(
        _ queries: [String], topK: Int, allowed: RowSet?, threads: Int?
    ) throws -> [[ScoredIndex]] {
        var options = queryOptions
        options.threads = threads ?? options.threads
        return try semanticSearch(
            model.encodeQuery(queries, options: options), in: corpus, topK: topK,
            scoreFunction: model.similarityFunction, allowed: allowed, threads: threads)
    }
}

/// A search by the embeddings of a ``SparseEncoder``, in an inverted index.
public struct SparseRetriever: TextRetriever {
    /// What results call this search.
    public var name = "sparse"
    /// The model, which encodes queries.
    public let model: SparseEncoder
    /// The embeddings of the texts.
    public let index: SparseIndex
    /// How queries are encoded.
    public var queryOptions: SparseEncodeOptions

    /// The number of texts in the corpus.
    public var count: Int { index.count }

    /// A search in embeddings that the model has made before.
    ///
    /// - Throws: ``SentenceTransformersError`` if the model does not compare embeddings by their dot product.
    public init(_ model: SparseEncoder, index: SparseIndex, queryOptions: SparseEncodeOptions = .init()) throws {
        guard model.similarityFunction == .dot else {
            throw SentenceTransformersError(
                .invalidArgument,
                "an inverted index finds by dot product, but the model compares by \(model.similarityFunction.rawValue)"
            )
        }
        (self.model, self.index, self.queryOptions) = (model, index, queryOptions)
    }

    /// Encodes texts as documents and searches in them.
    ///
    /// - Throws: As `encodeDocument`; ``SentenceTransformersError`` if the model does not compare embeddings by their dot
    ///   product.
    public init(
        _ model: SparseEncoder, texts: [String], options: SparseEncodeOptions = .init(),
        queryOptions: SparseEncodeOptions = .init()
    ) throws {
        try self.init(
            model, index: SparseIndex(try model.encodeDocument(texts, options: options)), queryOptions: queryOptions)
    }

    /// The best texts for each query, which the model encodes.
    public func search(
        _ queries: [String], topK: Int, allowed: RowSet?, threads: Int?
    ) throws -> [[ScoredIndex]] {
        var options = queryOptions
        options.threads = threads ?? options.threads
        return try index.search(
            model.encodeQuery(queries, options: options), topK: topK, allowed: allowed, threads: threads)
    }
}

/// A search by the embeddings of a ``MultiVectorEncoder``, which compares every text.
public struct MultiVectorRetriever: TextRetriever {
    /// What results call this search.
    public var name = "maxsim"
    /// The model, which encodes queries.
    public let model: MultiVectorEncoder
    /// `[tokens, dimensions]` for each text.
    public let documents: [Matrix]
    /// How queries are encoded.
    public var queryOptions: MultiVectorEncodeOptions

    /// The number of texts in the corpus.
    public var count: Int { documents.count }

    /// A search in embeddings that the model has made before.
    public init(_ model: MultiVectorEncoder, documents: [Matrix], queryOptions: MultiVectorEncodeOptions = .init()) {
        (self.model, self.documents, self.queryOptions) = (model, documents, queryOptions)
    }

    /// Encodes texts as documents and searches in them.
    ///
    /// - Throws: As `encodeDocument`.
    public init(
        _ model: MultiVectorEncoder, texts: [String], options: MultiVectorEncodeOptions = .init(),
        queryOptions: MultiVectorEncodeOptions = .init()
    ) throws {
        self.init(
            model, documents: try model.encodeDocument(texts, options: options), queryOptions: queryOptions)
    }

    /// The best texts for each query, which the model encodes.
    public func search(
        _ queries: [String], topK: Int, allowed: RowSet?, threads: Int?
    ) throws -> [[ScoredIndex]] {
        var options = queryOptions
        options.threads = threads ?? options.threads
        try allowed?.check(count)
        let rows = allowed.map { set in documents.indices.filter(set.contains) } ?? Array(documents.indices)
        let found = try semanticSearch(
            model.encodeQuery(queries, options: options), in: rows.map { documents[$0] }, topK: topK,
            similarity: model.similarityFunction, threads: threads)
        return found.map { $0.map { ScoredIndex(index: rows[$0.index], score: $0.score) } }
    }
}
