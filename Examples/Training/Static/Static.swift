// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import SentenceTraining
import SentenceTransformers

// A model without a network learns to embed texts as a model with one does, and takes a hundredth of the time for it.
let teacher = try await SentenceTransformer(modelName(default: "all-MiniLM-L6-v2"))
let texts = Scene.texts(200, seed: 2)
let wanted = try teacher.encode(texts)

// 1. The teacher's embeddings of single tokens, then the same trained on texts of random words: no data are needed.
var options = StaticDistillationOptions()
let plain = try distillStatic(teacher, options: options)
options.generatedTextCount = 10_000
let start = ContinuousClock.now
let trained = try distillStatic(teacher, options: options)
let seconds = start.duration(to: .now)

// 2. How the similarities of texts correlate with the teacher's.
let places = texts.indices.flatMap { a in texts.indices.filter { $0 > a }.map { (a, $0) } }
let similarities = try teacher.similarity(wanted, wanted)
let evaluator = try EmbeddingSimilarityEvaluator<SentenceTransformer>(
    pairs: places.map { (texts[$0.0], texts[$0.1]) }, scores: places.map { Double(similarities[$0.0, $0.1]) })
func agreement(_ model: SentenceTransformer) throws -> Double {
    try evaluator.evaluate(model).metrics.first { $0.name == "spearman_cosine" }?.value ?? 0
}
show("spearman with the teacher", try agreement(plain), try agreement(trained), in: seconds)
