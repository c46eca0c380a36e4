// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Queries, a corpus, and which documents are relevant for which queries.
public struct RetrievalData: Sendable {
    /// The queries.
    public var queries: [(id: String, text: String)]
    /// The documents.
    public var corpus: [(id: String, text: String)]
    /// Which documents are relevant for which queries, by identifiers; those whose grade is not above 0 are not.
    public var relevance: [(query: String, document: String, grade: Double)]
    /// What a first search found for queries, by identifiers, best first; empty if there was none.
    public var candidates: [(query: String, documents: [String])]

    /// Queries and documents with grades of relevance, and what a first search found.
    public init(
        queries: [(id: String, text: String)], corpus: [(id: String, text: String)],
        relevance: [(query: String, document: String, grade: Double)],
        candidates: [(query: String, documents: [String])] = []
    ) {
        self.queries = queries
        self.corpus = corpus
        self.relevance = relevance
        self.candidates = candidates
    }

    /// Without queries and documents that have no text, as the reference evaluates NanoBEIR.
    var withoutEmptyTexts: RetrievalData {
        var data = self
        data.queries.removeAll { $0.text.isEmpty }
        data.corpus.removeAll { $0.text.isEmpty }
        return data
    }
}
