// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTestSupport
import SentenceTokenizers
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("A decoder that shares the model's parameters")
struct DenoisingTests {
    private static let texts = [
        "how many people live in berlin", "the man plays guitar and eats pasta", "it is sunny today", "a search result",
    ]

    private static func batch(_ pipeline: ModelPipeline) throws -> PreparedBatch {
        let deletion = WordDeletion()
        let damaged = texts.enumerated().map { TokenizerInput(deletion($1, row: $0)) }
        return try PreparedBatch(
            TrainingBatch(columns: [damaged, texts.map { TokenizerInput($0) }]),
            readings: [ColumnReading(), ColumnReading()], for: pipeline)
    }

    @Test("The decoder of a run has the values that the model has after each step")
    func shared() throws {
        let model = try SentenceTransformer(
            directory: Fixture.url("models/mean"), computePrecision: .float32Highest)
        var arguments = TrainingArguments(learningRate: 1e-2)
        arguments.compute = .float32Highest
        // What the loss learns alone stays as it begins, so that a new loss has it too.
        arguments.learningRateMapping = [("^loss", 0)]
        var session = try TrainingSession(
            model, losses: [.denoisingAutoEncoder()], arguments: arguments, totalSteps: 10)
        let batch = try Self.batch(session.model.pipeline)
        let before = try session.evaluate(0, batch)
        for _ in 0..<3 { _ = try session.step([(0, batch)]) }
        let after = try session.evaluate(0, batch)
        #expect(after < before - 0.1)
        let trained = try session.snapshot().pipeline
        var loss = TrainingLoss.denoisingAutoEncoder().base
        try loss.prepare(for: trained, random: RandomStream(seed: arguments.seed, step: 0).at(0))
        let pass = TrainingStep(seed: arguments.seed, precision: .float32Highest, threads: 2)
        #expect(try Double(pass.loss(Self.batch(trained), trained, loss)) == after)
    }
}
