// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import Foundation
import SentenceTraining
import SentenceTransformers

// A cross-encoder learns from pairs with labels whether a passage is about what was asked. The model of the example is tiny,
// knows 116 words and nothing about them; give the example the folder or name of a real one.
let fixture = URL(filePath: #filePath).appending(path: "../../../../Tests/Fixtures/cross_encoders/bert").standardized
let model = try await CrossEncoder(modelName(default: fixture.path))

// 1. The data: questions and passages about three topics, and whether the topic of both is the same.
let topics = [
    (
        questions: ["how is the weather?", "is it sunny today?"],
        passages: ["it is lovely outside.", "the weather is lovely."]
    ),
    (
        questions: ["is he eating pasta?", "a man is eating?"],
        passages: ["a man is eating food.", "pasta is lovely food."]
    ),
    (
        questions: ["how many people live in berlin?", "live in berlin?"],
        passages: ["people live in berlin.", "many live in it."]
    ),
]
func pairs(_ count: Int, seed: UInt64) -> (texts: [(String, String)], labels: [Double]) {
    var dice = Dice(seed: seed)
    var pairs: (texts: [(String, String)], labels: [Double]) = ([], [])
    for row in 0..<count {
        let asked = dice.roll(topics.count), told = row % 2 == 0 ? asked : (asked + 1 + dice.roll(2)) % topics.count
        let opening = dice.pick(["", "so, ", "he drove to the stadium. ", "today! "])
        pairs.texts.append((dice.pick(topics[asked].questions), opening + dice.pick(topics[told].passages)))
        pairs.labels.append(asked == told ? 1 : 0)
    }
    return pairs
}
let known = pairs(1200, seed: 1), heldOut = pairs(200, seed: 2)
let data = try TrainingData(
    columns: ["query", "passage", "label"],
    rows: zip(known.texts, known.labels).map { [.text($0.0), .text($0.1), .number($1)] })
let evaluator = try CrossEncoderClassificationEvaluator(
    pairs: heldOut.texts, labels: heldOut.labels.map { Int($0) }, name: "topics")

// 2. Train.
let trainer = CrossEncoderTrainer(
    model: model, arguments: TrainingArguments(epochs: 8, batchSize: 16, learningRate: 3e-3, warmupRatio: 0.1),
    datasets: [data], loss: .binaryCrossEntropy(), evaluators: [evaluator])
let result = try await trainer.train()

// 3. How well the scores order pairs that match before pairs that do not.
show("topics_average_precision", of: result)
