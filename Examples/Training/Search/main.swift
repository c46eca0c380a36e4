// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import SentenceTraining
import SentenceTransformers

// Questions and their answers, nothing else: the answers to the other questions of a batch are what is wrong.
let model = try await SentenceTransformer(modelName(default: "all-MiniLM-L6-v2"))

// 1. The data: a helpdesk whose answers call devices by names that the model does not know. A quarter is held out.
let pairs = Helpdesk(seed: 1).pairs
let known = pairs.dropFirst(pairs.count / 4), asked = pairs.prefix(pairs.count / 4)
let data = try TrainingData(pairs: known.map { ($0.question, $0.answer) })
let evaluator = try InformationRetrievalEvaluator<SentenceTransformer>(
    queries: asked.map { (id: $0.question, text: $0.question) }, corpus: pairs.map { (id: $0.answer, text: $0.answer) },
    relevant: asked.map { (query: $0.question, document: $0.answer) }, name: "helpdesk")

// 2. Train, so that no answer stands in a batch twice.
var arguments = TrainingArguments(epochs: 12, batchSize: 32, learningRate: 1e-4, warmupRatio: 0.1)
arguments.batchSampler = .noDuplicates
let trainer = SentenceTransformerTrainer(
    model: model, arguments: arguments, datasets: [data], loss: .multipleNegativesRanking(), evaluators: [evaluator])
let result = try await trainer.train()

// 3. How often the right answer, to a question that the model has not seen, is the first of all.
show("helpdesk_cosine_accuracy@1", of: result)
