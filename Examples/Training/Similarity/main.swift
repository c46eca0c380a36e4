// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import SentenceTraining
import SentenceTransformers

// Pairs of sentences with a score each: the model learns what "similar" means to whoever gave the scores.
let model = try await SentenceTransformer(modelName(default: "all-MiniLM-L6-v2"))

// 1. The data: scenes in two wordings, with the scores of a shop: what matters to it is the thing.
let pairs = Scene.pairs(640, seed: 1), heldOut = Scene.pairs(200, seed: 2)
let data = try TrainingData(pairs: pairs.texts, scores: pairs.scores)
let evaluator = try EmbeddingSimilarityEvaluator<SentenceTransformer>(
    pairs: heldOut.texts, scores: heldOut.scores, name: "scenes")

// 2. Train for one epoch.
let trainer = SentenceTransformerTrainer(
    model: model, arguments: TrainingArguments(epochs: 1, batchSize: 32, learningRate: 1e-4, warmupRatio: 0.1),
    datasets: [data], loss: .coSENT(), evaluators: [evaluator])
let result = try await trainer.train()

// 3. The correlation of cosines and scores, for pairs that the model has not seen.
show("scenes_spearman_cosine", of: result)
