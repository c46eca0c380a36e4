// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTokenizers

/// A document with its score for a query.
public struct RankedDocument: Sendable, Hashable, Codable {
    /// The index of the document among those that were ranked.
    public let index: Int
    /// The score of the query and the document.
    public let score: Float
    /// The document.
    public let text: String

    /// A document with its place and score.
    public init(index: Int, score: Float, text: String) {
        self.index = index
        self.score = score
        self.text = text
    }
}

extension CrossEncoder {
    /// The documents that answer a query best, best first; documents with equal scores keep their order, and NaN comes
    /// last.
    ///
    /// - Parameters:
    ///   - query: The query.
    ///   - documents: Any number of documents, none included.
    ///   - topK: The number of documents to return; all if nil.
    ///   - options: Activation, prompt, length, threads and progress.
    /// - Returns: The documents with their scores.
    /// - Throws: ``SentenceTransformersError`` if the model has several labels, the query is empty, or `topK` is less
    ///   than 1; otherwise as `predictWithReceipts`.
    public func rank(
        _ query: String, documents: [String], topK: Int? = nil, options: PredictOptions = .init()
    ) throws -> [RankedDocument] {
        try rankWithReceipts(query, documents: documents, topK: topK, options: options).documents
    }

    /// The documents that answer a query best and, for every document in the order of `documents`, the number of tokens
    /// that it and the query had and how many were used.
    ///
    /// - Throws: As `rank`.
    public func rankWithReceipts(
        _ query: String, documents: [String], topK: Int? = nil, options: PredictOptions = .init()
    ) throws -> (documents: [RankedDocument], receipts: [TruncationReceipt]) {
        try requireOneLabel(for: "ranking")
        guard query.contains(where: { !$0.isWhitespace }) else {
            throw SentenceTransformersError(
                .invalidArgument,
                "the query is empty, and a \(Self.kind.rawValue) ranks documents by how well they answer one; to score "
                    + "pairs with empty texts, call predict")
        }
        try SentenceTransformersError.requirePositive(topK, "topK")
        let pairs = documents.map { TokenizerInput(query, pair: $0) }
        let (scores, receipts) = try predictWithReceipts(pairs, options: options)
        let ranked = scores.elements.topK(topK ?? documents.count).map {
            RankedDocument(index: $0.index, score: $0.score, text: documents[$0.index])
        }
        return (ranked, receipts)
    }
}
