// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("A trained model elsewhere")
struct TrainedModelTests {
    /// What `Tests/Fixtures/check_saved.py` compares with the reference's results for the same model.
    private struct Results: Encodable {
        let pairs: [[String]]
        let scores: [Double]
        let embeddings: [[Float]]
        let metrics: [String: Double]
    }

    @Test("It gives the same embeddings and metrics once it is loaded again")
    func loading() throws {
        let words = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
        let pairs = words.enumerated().map { ("the number \($1)", "what is \(words[$0 * 3 % 8]) and more?") }
        let scores = pairs.indices.map { Double($0 * 5 % 8) / 8 }
        let data = try TrainingData(
            name: "pairs", columns: ["sentence1", "sentence2", "score"],
            rows: zip(pairs, scores).map { [.text($0.0), .text($0.1), .number($1)] })
        let evaluator = try EmbeddingSimilarityEvaluator<SentenceTransformer>(
            pairs: pairs, scores: scores, similarityFunctions: [.cosine, .euclidean, .dot], name: "dev")
        let result = try SentenceTransformerTrainer(
            model: SentenceTransformer(directory: Fixture.url("models/mean")),
            arguments: TrainingArguments(maxSteps: 6, batchSize: 4, learningRate: 1e-3), datasets: [data],
            loss: .cosineSimilarity(), evaluators: [evaluator]
        ).trainBlocking()

        let metrics = try evaluator.evaluate(result.model).metrics
        let texts = pairs.flatMap { [$0.0, $0.1] }
        let embeddings = try result.model.encode(texts)
        let folder = try TemporaryFolder()
        try result.save(to: folder.url)
        let again = try SentenceTransformer(directory: folder.url)
        #expect(try again.encode(texts).elements == embeddings.elements)
        #expect(try evaluator.evaluate(again).metrics == metrics)

        guard let kept = ProcessInfo.processInfo.environment["SENTENCE_SAVED_MODELS"] else { return }
        let place = URL(filePath: kept).appending(path: "trained/similarity")
        try result.save(to: place)
        let results = Results(
            pairs: pairs.map { [$0.0, $0.1] }, scores: scores, embeddings: embeddings.map { Array($0) },
            metrics: Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0.value) }))
        try JSONEncoder().encode(results).write(to: place.appending(path: "results.json"))
    }
}
