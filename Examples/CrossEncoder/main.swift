// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

// 1. Load a pretrained model, by its name or from a folder.
let model = try await CrossEncoder(
    CommandLine.arguments.dropFirst().first ?? "cross-encoder/stsb-distilroberta-base")

// The similarity of a query and every sentence of a corpus.
let query = "A man is eating pasta."
let corpus = [
    "A man is eating food.",
    "A man is eating a piece of bread.",
    "The girl is carrying a baby.",
    "A man is riding a horse.",
    "A woman is playing violin.",
    "Two men pushed carts through the woods.",
    "A man is riding a white horse on an enclosed ground.",
    "A monkey is playing drums.",
    "A cheetah is running behind its prey.",
]

// 2. Rank the sentences of the corpus for the query.
print("Query:", query)
for hit in try model.rank(query, documents: corpus) { print(hit.score, corpus[hit.index], separator: "\t") }
// Query: A man is eating pasta.
// 0.67  A man is eating food.
// 0.34  A man is eating a piece of bread.
// 0.08  A man is riding a horse.
// …

// 3. Or compute the scores of pairs, in their order.
let scores = try model.predict(corpus.map { (query, $0) })
print("Scores:", scores.elements)
// Scores: [0.6732, 0.3410, 0.0054, 0.0757, 0.0053, 0.0054, 0.0668, 0.0053, 0.0052]
