// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

// 1. Load a pretrained model, by its name or from a folder.
let model = try await SentenceTransformer(CommandLine.arguments.dropFirst().first ?? "all-MiniLM-L6-v2")

// The sentences to encode.
let sentences = [
    "The weather is lovely today.",
    "It's so sunny outside!",
    "He drove to the stadium.",
]

// 2. Calculate embeddings: with "await" in a function that is asynchronous, without at the top level.
let embeddings = try model.encode(sentences)
print(embeddings.shape)
// [3, 384]

// 3. Calculate the similarities of all pairs.
let similarities = try model.similarity(embeddings, embeddings)
print(similarities)
// [[1.0000, 0.6660, 0.1046],
//  [0.6660, 1.0000, 0.1411],
//  [0.1046, 0.1411, 1.0000]]
