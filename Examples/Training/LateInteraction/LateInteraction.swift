// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import Foundation
import SentenceTraining
import SentenceTransformers

// A late-interaction model learns which passage answers a query, token by token. The model of the example is tiny, knows some
// dozens of words and nothing about them; give the example the folder or name of a real one.
let fixture = URL(filePath: #filePath).appending(path: "../../../../Tests/Fixtures/vectors/mpnet").standardized
let model = try await MultiVectorEncoder(modelName(default: fixture.path))

// 1. The data: queries and passages about three topics, and a passage about another one.
let topics = [
    (queries: ["how is the weather?", "is it sunny today?"], passages: ["it is lovely outside.", "so lovely."]),
    (queries: ["is he eating pasta?", "a man is eating?"], passages: ["the food is pasta.", "he plays with food."]),
    (
        queries: ["how many people live in berlin?", "live in berlin?"],
        passages: ["many people.", "people live there."]
    ),
]
func triplets(_ count: Int, seed: UInt64) -> [(String, String, String)] {
    var dice = Dice(seed: seed)
    return (0..<count).map { _ in
        let asked = dice.roll(topics.count), other = (asked + 1 + dice.roll(topics.count - 1)) % topics.count
        let opening = dice.pick(["", "so, ", "he drove to the stadium. ", "today! "])
        return (
            dice.pick(topics[asked].queries), opening + dice.pick(topics[asked].passages),
            opening + dice.pick(topics[other].passages)
        )
    }
}
let data = try TrainingData(triplets: triplets(480, seed: 1))
let samples = topics.indices.flatMap { asked in
    topics[asked].queries.map { query in
        let others = topics.indices.filter { $0 != asked }.flatMap { topics[$0].passages }
        return RerankingSample(
            query: "so, " + query, positives: topics[asked].passages, negatives: others.map { "today! " + $0 } + others)
    }
}
let evaluator = try RerankingEvaluator<MultiVectorEncoder>(samples: samples, name: "topics")

// 2. Train: each query against all passages of the batch, by MaxSim.
let trainer = MultiVectorEncoderTrainer(
    model: model, arguments: TrainingArguments(epochs: 4, batchSize: 16, learningRate: 1e-3, warmupRatio: 0.1),
    datasets: [data], loss: .multiVectorMultipleNegativesRanking(), evaluators: [evaluator])
let result = try await trainer.train()

// 3. How far up the passages about the topic stand among all others.
show("topics_map", of: result)
