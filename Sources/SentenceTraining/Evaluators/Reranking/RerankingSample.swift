// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// A query with documents to put into order.
public struct RerankingSample: Sendable, Hashable {
    /// The text that is searched for.
    public let query: String
    /// The relevant documents.
    public let positives: [String]
    /// The documents that are not relevant; nil if ``documents`` are given.
    public let negatives: [String]?
    /// What a first search found, best first, relevant or not; nil if ``negatives`` are given.
    public let documents: [String]?

    /// A query with relevant documents and others.
    public init(query: String, positives: [String], negatives: [String]) {
        self.query = query
        self.positives = positives
        self.negatives = negatives
        documents = nil
    }

    /// A query with relevant documents, and what a first search found, best first.
    public init(query: String, positives: [String], documents: [String]) {
        self.query = query
        self.positives = positives
        self.documents = documents
        negatives = nil
    }

    /// Whether each document that a first search found is relevant.
    func relevance(of documents: [String]) -> [Bool] {
        let known = Set(exact: positives)
        return documents.map { known.contains($0) }
    }

    /// The documents to order, relevant ones first, with whether they are relevant; `withAllPositives` also those relevant
    /// ones that the first search did not find.
    func candidates(withAllPositives: Bool = true) -> (texts: [String], relevant: [Bool]) {
        guard let documents else {
            let negatives = negatives ?? []
            return (
                positives + negatives,
                positives.map { _ in true } + negatives.map { _ in false }
            )
        }
        let relevance = relevance(of: documents)
        guard withAllPositives else { return (documents, relevance) }
        let others = zip(documents, relevance).filter { !$0.1 }.map(\.0)
        return (positives + others, positives.map { _ in true } + others.map { _ in false })
    }
}
