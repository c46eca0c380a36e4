// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

// Finding and sorting: an embedding model finds candidates among many texts, which a cross-encoder then sorts. The first
// reads every text once and for all, the second reads each candidate together with the query.

// 1. Load both models, by their names or from folders.
let names = CommandLine.arguments.dropFirst()
let retriever = try await SentenceTransformer(names.first ?? "all-MiniLM-L6-v2")
let reranker = try await CrossEncoder(names.dropFirst().first ?? "cross-encoder/ms-marco-MiniLM-L6-v2")

let passages = [
    "Berlin has a population of 3,520,031 registered inhabitants in an area of 891.82 square kilometers.",
    "Berlin is well known for its museums.",
    "New York City is the most populous city in the United States.",
    "In 2014, the city state Berlin had 37,368 live births, a record number since 1991.",
    "The urban area of Berlin comprised about 4.1 million people in 2014.",
    "Pasta is made of durum wheat.",
]
let query = "How many people live in Berlin?"

// 2. Embed the passages, and take the three that are most similar to the query.
let embeddings = try retriever.encodeDocument(passages)
let candidates = try retriever.similarity(retriever.encodeQuery(query), embeddings).topK(3)
print("Found:")
for hit in candidates { print(hit.score, passages[hit.index], separator: "\t") }

// 3. Sort them by the cross-encoder.
print("Sorted:")
for hit in try reranker.rank(query, documents: candidates.map { passages[$0.index] }) {
    print(hit.score, hit.text, separator: "\t")
}
