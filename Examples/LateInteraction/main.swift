// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

// 1. Load a late-interaction model, by its name or from a folder.
let name = CommandLine.arguments.dropFirst().first ?? "lightonai/GTE-ModernColBERT-v1"
let model = try await MultiVectorEncoder(name)

// 2. Queries and documents are encoded each in their own way, into a vector for every token.
let queries = ["Which planet is known as the Red Planet?", "Which planet has rings?"]
let documents = [
    "Venus is often called Earth's twin because of its similar size and proximity.",
    "Mars, known for its reddish appearance, is often referred to as the Red Planet.",
    "Jupiter, the largest planet in our solar system, has a prominent red spot.",
    "Saturn, famous for its rings, is sometimes mistaken for the Red Planet.",
]
let queryEmbeddings = try model.encodeQuery(queries)
let documentEmbeddings = try model.encodeDocument(documents)
print(queryEmbeddings[0].shape, documentEmbeddings[0].shape)

// 3. Every token of a query looks for the token of a document that is most like it.
let scores = try model.similarity(queryEmbeddings, documentEmbeddings)
print(scores)

// 4. The best document for each query.
for (query, scores) in zip(queries, scores) {
    for best in scores.topK(1) { print("\(query) \(documents[best.index])") }
}

// 5. Half as many vectors for documents, which then need half the memory.
let smaller = try model.encodeDocument(documents, options: MultiVectorEncodeOptions(tokenPooling: .init(factor: 2)))
print(smaller[0].shape)
print(try model.similarity(queryEmbeddings, smaller))
