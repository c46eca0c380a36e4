// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import SentenceTokenizers
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Thirty steps of the real all-MiniLM-L6-v2 beside the reference's trainer")
struct ReferenceCurveTests {
    /// Thirty steps of float32 against float32 in another order of sums, of losses and norms of about one and ten.
    private static let curveTolerance = 1e-4
    /// Of elements of unit vectors.
    private static let embeddingTolerance: Float = 1e-4

    private struct Expected: Decodable {
        struct Row: Decodable {
            let step: Int
            let loss: Double
            let gradNorm: Double
            let learningRate: Double
        }
        let batch: Int
        let pairs: [[String]]
        let log: [Row]
    }

    @Test("Losses, norms, learning rates and embeddings are the reference's")
    func curve() throws {
        let folder = Fixture.url("training_minilm")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let expected = try decoder.decode(
            Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
        let model = try SentenceTransformer(directory: realModel(), computePrecision: .float32Highest)
        var arguments = TrainingArguments(batchSize: expected.batch, learningRate: 2e-5)
        arguments.warmupSteps = 5
        arguments.weightDecay = 0.01
        arguments.dropout = 0
        arguments.compute = .float32Highest
        var session = try TrainingSession(
            model, losses: [.multipleNegativesRanking()], arguments: arguments, totalSteps: expected.log.count)
        for (index, row) in expected.log.enumerated() {
            let rows = Array(index * expected.batch..<(index + 1) * expected.batch)
            let columns = (0..<2).map { column in rows.map { TokenizerInput(expected.pairs[$0][column]) } }
            let batch = try PreparedBatch(
                TrainingBatch(columns: columns, rows: rows), readings: [ColumnReading(), ColumnReading()],
                for: session.model.pipeline)
            let record = try session.step([(0, batch)])
            #expect(abs(record.loss - row.loss) <= Self.curveTolerance * row.loss, "step \(row.step)")
            #expect(abs(record.gradientNorm - row.gradNorm) <= Self.curveTolerance * row.gradNorm, "step \(row.step)")
            #expect(abs(record.learningRate - row.learningRate) <= 1e-12, "step \(row.step)")
        }
        let trained = try session.finish()
        let texts = expected.pairs.prefix(20).flatMap { $0 }
        let wanted = try Checkpoint(file: folder.appending(path: "expected.safetensors"))
            .tensor(named: "embeddings").float32().floats
        let found = try trained.encode(texts)
        let differences = zip(found.tensor.floats, wanted).map { abs($0 - $1) }
        #expect(differences.count == texts.count * 384)
        #expect(differences.max() ?? .infinity <= Self.embeddingTolerance)
    }
}
