// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import SentenceTraining
import SentenceTransformers

// Triplets with hard negatives, as in data for inference: a sentence, another wording, and what contradicts it.
let model = try await SentenceTransformer(modelName(default: "all-MiniLM-L6-v2"))

// 1. The data: the negative has nearly the same words, and a "not".
func triplets(_ count: Int, seed: UInt64) -> [(String, String, String)] {
    var dice = Dice(seed: seed)
    return (0..<count).map { _ in
        let scene = Scene(&dice)
        return (scene.text(&dice), scene.text(&dice), scene.text(&dice, negated: true))
    }
}
let data = try TrainingData(triplets: triplets(480, seed: 1))
let evaluator = try TripletEvaluator<SentenceTransformer>(triplets: triplets(160, seed: 2), name: "scenes")

// 2. Train: each anchor against all positives and negatives of the batch.
let trainer = SentenceTransformerTrainer(
    model: model, arguments: TrainingArguments(epochs: 1, batchSize: 24, learningRate: 5e-5, warmupRatio: 0.1),
    datasets: [data], loss: .multipleNegativesRanking(), evaluators: [evaluator])
let result = try await trainer.train()

// 3. How often the positive is closer to the anchor than the negative.
show("scenes_cosine_accuracy", of: result)
