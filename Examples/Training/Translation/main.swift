// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import SentenceTraining
import SentenceTransformers

// A second language, by a teacher: the student learns to give a translation the embedding that the teacher gives the
// original. Here both begin as the same model, and the language is one that nobody speaks.
let teacher = try await SentenceTransformer(modelName(default: "all-MiniLM-L6-v2"))

// 1. The data: translations, and the teacher's embeddings of the originals as labels.
let language = Language(seed: 1)
let originals = Scene.texts(900, seed: 1), known = Array(originals.prefix(800)), heldOut = Array(originals.suffix(100))
let embeddings = try teacher.encode(known)
let data = try TrainingData(
    columns: ["text", "label"],
    rows: zip(known, embeddings).map { [.text(language.translated($0)), .numbers($1.map(Double.init))] })
let evaluator = try TranslationEvaluator<SentenceTransformer>(
    source: heldOut, target: heldOut.map(language.translated), name: "scenes")

// 2. Train the student.
let trainer = SentenceTransformerTrainer(
    model: teacher, arguments: TrainingArguments(epochs: 3, batchSize: 32, learningRate: 3e-4, warmupRatio: 0.1),
    datasets: [data], loss: .mse(), evaluators: [evaluator])
let result = try await trainer.train()

// 3. How often the closest translation of a new sentence is its own.
show("scenes_mean_accuracy", of: result)
