// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import SentenceTraining
import SentenceTransformers

// A small adapter learns what the scores of a shop mean, while the weights of the model stay as they are.
let model = try await SentenceTransformer(modelName(default: "all-MiniLM-L6-v2"))

// 1. The data: scenes in two wordings, with the scores of a shop.
let pairs = Scene.pairs(640, seed: 1), heldOut = Scene.pairs(200, seed: 2)
let data = try TrainingData(pairs: pairs.texts, scores: pairs.scores)
let evaluator = try EmbeddingSimilarityEvaluator<SentenceTransformer>(
    pairs: heldOut.texts, scores: heldOut.scores, name: "scenes")

// 2. Train the adapter: less than a fiftieth of the parameters, which may move faster than weights.
let adapted = try model.addingAdapter(LoRAOptions(rank: 8, alpha: 16, targets: .allLinear))
let trainer = SentenceTransformerTrainer(
    model: adapted, arguments: TrainingArguments(epochs: 1, batchSize: 32, learningRate: 1e-3, warmupRatio: 0.1),
    datasets: [data], loss: .coSENT(), evaluators: [evaluator])
let result = try await trainer.train()

// 3. The correlation of cosines and scores, which merging the adapter into the weights does not change.
show("scenes_spearman_cosine", of: result)
let merged = try result.model.mergingAdapter()
let measured = try evaluator.evaluate(merged).metrics.first { $0.name == "scenes_spearman_cosine" }
print("merged: \(measured.map { "\(($0.value * 1000).rounded() / 1000)" } ?? "no metric")")
