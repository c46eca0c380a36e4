// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import SentenceTraining
import SentenceTransformers

// Embeddings that can be cut: the first 16 of 384 numbers should be nearly as good as all of them.
let model = try await SentenceTransformer(modelName(default: "all-MiniLM-L6-v2"))

// 1. The data, and an evaluator that sees 16 numbers only.
let pairs = Scene.pairs(640, seed: 1), heldOut = Scene.pairs(200, seed: 2)
let data = try TrainingData(pairs: pairs.texts, scores: pairs.scores)
let evaluator = try EmbeddingSimilarityEvaluator<SentenceTransformer>(
    pairs: heldOut.texts, scores: heldOut.scores, name: "16", options: EncodeOptions(truncateDimension: 16))

// 2. Train with the loss of whole embeddings and of cut ones.
let trainer = SentenceTransformerTrainer(
    model: model, arguments: TrainingArguments(epochs: 1, batchSize: 32, learningRate: 1e-4, warmupRatio: 0.1),
    datasets: [data], loss: try .matryoshka(.coSENT(), dimensions: [384, 128, 64, 16]), evaluators: [evaluator])
let result = try await trainer.train()

// 3. The correlation of cosines and scores, by 16 numbers.
show("16_spearman_cosine", of: result)
