// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import SentenceTraining
import SentenceTransformers

// Texts alone (SimCSE): each text stands twice in a row, dropout makes two embeddings of it, and these should be closer to
// each other than to all others of the batch. So the model learns to tell the texts of a domain apart.
let model = try await SentenceTransformer(modelName(default: "all-MiniLM-L6-v2"))

// 1. The data: sentences.
let texts = Scene.texts(1400, seed: 1), known = texts.prefix(1280), heldOut = texts.suffix(120)
let data = try TrainingData(pairs: known.map { ($0, $0) })

// The evaluator looks for new sentences by what is left of them after half of their words were lost.
let deletion = WordDeletion(ratio: 0.5, seed: 1)
let evaluator = try InformationRetrievalEvaluator<SentenceTransformer>(
    queries: heldOut.enumerated().map { (id: $1, text: deletion($1, row: $0)) },
    corpus: heldOut.map { (id: $0, text: $0) }, relevant: heldOut.map { (query: $0, document: $0) }, name: "scenes")

// 2. Train.
var arguments = TrainingArguments(epochs: 1, batchSize: 64, learningRate: 3e-5, warmupRatio: 0.1)
arguments.dropout = 0.1
let trainer = SentenceTransformerTrainer(
    model: model, arguments: arguments, datasets: [data], loss: .multipleNegativesRanking(), evaluators: [evaluator])
let result = try await trainer.train()

// 3. How well they are found.
show("scenes_cosine_mrr@10", of: result)
