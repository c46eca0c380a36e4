// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTensors
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Synchronization
import Testing

@Suite("Models that collapse")
struct CollapseTests {
    private final class Warnings: TrainingCallback {
        let all = Mutex<[String]>([])
        func didWarn(_ message: String) { all.withLock { $0.append(message) } }
        var heard: [String] { all.withLock { $0 } }
    }

    private static let words = ["red", "green", "car", "house", "river", "seven", "old", "table", "music", "stone"]

    private static func text(_ number: Int) -> String {
        (0..<5).map { words[(number * (2 * $0 + 3) + $0 * number / 10) % words.count] }.joined(separator: " ")
    }

    /// The warnings of a run on pairs that all have one score.
    private static func warnings(_ loss: TrainingLoss, rate: Double) throws -> [String] {
        let model = try SentenceTransformer(directory: realModel())
        let columns = loss.name == "CosineSimilarityLoss" ? ["a", "b", "score"] : ["anchor", "positive"]
        let rows: [[TrainingValue]] = (0..<64).map { number in
            let texts: [TrainingValue] = [.text(text(number)), .text(text(number * 7 + 1))]
            return columns.count == 3 ? texts + [.number(1)] : texts
        }
        let data = try TrainingData(name: "pairs", columns: columns, rows: rows)
        var arguments = TrainingArguments(maxSteps: 12, batchSize: 8, learningRate: rate)
        arguments.evaluation = .steps(4)
        arguments.schedule = .constant
        let heard = Warnings()
        _ = try SentenceTransformerTrainer(
            model: model, arguments: arguments, datasets: [data], loss: loss, evaluationDatasets: [data],
            callbacks: [heard]
        ).trainBlocking()
        return heard.heard
    }

    @Test("A model for which all texts become alike is warned of")
    func collapse() throws {
        // All pairs alike: the loss is least where all texts have one embedding.
        let heard = try Self.warnings(.cosineSimilarity(), rate: 3e-4)
        #expect(heard.contains { $0.contains("the model collapses") && $0.contains("learning rate") }, "\(heard)")
    }

    @Test("A good run is not warned of")
    func goodRun() throws {
        let heard = try Self.warnings(.multipleNegativesRanking(), rate: 2e-5)
        #expect(!heard.contains { $0.contains("collapses") }, "\(heard)")
    }

    @Test("The spread of embeddings is that of their directions")
    func spread() throws {
        func spread(_ rows: [[Float]]) throws -> EmbeddingSpread {
            try #require(EmbeddingSpread(Tensor(rows.flatMap(\.self), shape: [rows.count, rows[0].count])))
        }
        let alike = try spread([[1, 0, 0], [2, 0, 0], [3, 0, 0]])
        #expect(abs(alike.meanCosine - 1) < 1e-6 && alike.effectiveRank == 1)
        let apart = try spread([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
        #expect(abs(apart.meanCosine) < 1e-6 && abs(apart.effectiveRank - 2) < 1e-5)
        #expect(EmbeddingSpread(Tensor([1, 0], shape: [1, 2])) == nil)
    }
}
