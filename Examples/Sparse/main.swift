// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

// 1. Load a pretrained model, by its name or from a folder.
let model = try await SparseEncoder(
    CommandLine.arguments.dropFirst().first ?? "naver/splade-cocondenser-ensembledistil")

// The sentences to encode.
let sentences = [
    "The weather is lovely today.",
    "It's so sunny outside!",
    "He drove to the stadium.",
]

// 2. Calculate sparse embeddings: a weight for each word of the vocabulary, most of them zero.
let embeddings = try model.encode(sentences)
print(embeddings.shape)
// [3, 30522]

// 3. Calculate the similarities of all pairs, by the dot product.
print(try model.similarity(embeddings, embeddings))
// [[35.6290, 9.1540, 0.0980],
//  [9.1540, 27.4780, 0.0190],
//  [0.0980, 0.0190, 29.5530]]

// 4. See how sparse they are, and by which words a text is found.
let statistics = SparseEncoder.sparsity(embeddings)
print("Sparsity: \(statistics.sparsityRatio), active dimensions: \(statistics.activeDimensions)")
for word in model.decode(embeddings[0], topK: 5) { print(word.token, word.weight) }
