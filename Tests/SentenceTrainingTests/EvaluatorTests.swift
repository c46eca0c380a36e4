// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceSearch
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Synchronization
import Testing

@Suite("Evaluators")
struct EvaluatorTests {
    /// Metrics of float32 similarities whose sums are taken in another order, of 1 or of the number itself.
    private static let tolerance = 1e-6

    /// Codes of 8 bits are cut off, not rounded, so that a last bit of an embedding can change one by 1.
    private static let codeTolerance = 1e-3

    private static func agree(_ found: Double, _ expected: Double, _ tolerance: Double = tolerance) -> Bool {
        abs(found - expected) <= tolerance * max(1, abs(expected))
    }

    @Test("Metrics, the primary one and the file are the reference's", arguments: EvaluatorFixture.all)
    func reference(each: EvaluatorFixture.Case) throws {
        let (result, rows, predictions) = try each.run(EvaluatorFixture.file.get().data)
        #expect(Set(result.metrics.map(\.name)) == Set(each.metrics.keys))
        #expect(result.metrics.count == each.metrics.count)
        let tolerance = ["int8", "uint8"].contains(each.name) ? Self.codeTolerance : Self.tolerance
        for metric in result.metrics {
            let expected = try #require(each.metrics[metric.name])
            #expect(
                Self.agree(metric.value, expected, tolerance), "\(metric.name): \(metric.value), expected \(expected)")
        }
        #expect(result.primaryMetric == each.primary)
        // Line ends belong to the format.
        let end = each.rows.utf8.contains(13) ? "\r\n" : "\n"
        let lines = rows.components(separatedBy: end), wanted = each.rows.components(separatedBy: end)
        #expect(lines.count == wanted.count && lines[0] == wanted[0])
        for (line, wanted) in zip(lines, wanted).dropFirst() {
            let numbers = line.split(separator: ",").map { Double($0) ?? .nan }
            let expected = wanted.split(separator: ",").map { Double($0) ?? .nan }
            #expect(numbers.count == expected.count)
            #expect(zip(numbers, expected).allSatisfy { Self.agree($0, $1, tolerance) }, "\(line), expected \(wanted)")
        }
        for (name, sample) in result.samples {
            let all = sample.value(sample.groupSizes.map { Array(0..<$0) })
            #expect(Self.agree(all, try #require(result[name]), 1e-12), "\(name)")
        }
        #expect(Set(predictions.keys) == Set((each.predictions ?? [:]).keys))
        for (file, text) in each.predictions ?? [:] { try compare(predictions[file] ?? "", text) }
    }

    /// Compares files of predictions: scores by their values, all else byte by byte.
    private func compare(_ found: String, _ expected: String) throws {
        let mark = "\"score\": "
        let parts = found.components(separatedBy: mark), wanted = expected.components(separatedBy: mark)
        #expect(parts.count == wanted.count && parts.first == wanted.first)
        for (part, wanted) in zip(parts, wanted).dropFirst() {
            let score = part.prefix { $0 != "}" }, other = wanted.prefix { $0 != "}" }
            #expect(Self.agree(Double(score) ?? .nan, Double(other) ?? .nan))
            #expect(part.dropFirst(score.count) == wanted.dropFirst(other.count))
        }
    }

    @Test("The fixture has cases of all kinds")
    func kinds() {
        #expect(Set(EvaluatorFixture.all.map(\.kind)).count == 15)
        #expect(EvaluatorFixture.all.count { $0.model == "minilm" } == 13)
    }

    private static func model() throws -> SentenceTransformer {
        try SentenceTransformer(directory: Fixture.url("models/mean"))
    }

    @Test("Chunks change nothing, also where documents are equal", arguments: [1, 7, 49, 50, 1000])
    func chunks(size: Int) throws {
        let data = try EvaluatorFixture.file.get().data, model = try Self.model()
        #expect(
            try data.retrieval(corpusChunkSize: size).evaluate(model)
                == data.retrieval(corpusChunkSize: nil).evaluate(model))
    }

    @Test("The asynchronous form gives the same, tells its progress, and ends when its task is cancelled")
    func asynchronous() async throws {
        let data = try EvaluatorFixture.file.get().data, model = try Self.model()
        let evaluator: InformationRetrievalEvaluator<SentenceTransformer> = try data.retrieval(corpusChunkSize: 7)
        let shares = Mutex<[Double]>([])
        let found = try await evaluator.evaluate(model) { share in shares.withLock { $0.append(share) } }
        #expect(try found == evaluator.measured(model))
        #expect(shares.withLock { $0.last } == 1 && shares.withLock { $0.count } > 7)
        let all = SequentialEvaluator<SentenceTransformer>([evaluator, evaluator])
        #expect(all.inputCount == 2 * (data.queries.count + data.corpus.count))
        // The first micro-batch asks for the end.
        let go = AsyncStream<Void>.makeStream(), running = Mutex<Task<EvaluationResult, any Error>?>(nil)
        let task = Task {
            for await _ in go.stream {}
            return try await all.evaluate(model) { _ in running.withLock { $0?.cancel() } }
        }
        running.withLock { $0 = task }
        go.continuation.finish()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("Several evaluators are one whose last one decides")
    func sequence() throws {
        let data = try EvaluatorFixture.file.get().data, model = try Self.model()
        let first = try TripletEvaluator<SentenceTransformer>(triplets: data.textTriplets, name: "a")
        let second = try EmbeddingSimilarityEvaluator<SentenceTransformer>(
            pairs: data.textPairs, scores: data.scores, name: "b")
        let result = try SequentialEvaluator([first, second]).evaluate(model)
        #expect(
            result.metrics.map(\.name) == [
                "a_cosine_accuracy", "b_pearson_cosine", "b_spearman_cosine", "sequential_score",
            ])
        #expect(result["sequential_score"] == result["b_spearman_cosine"])
        #expect(result.primaryMetric == "sequential_score" && result.rows.count == 2)
        let other = SequentialEvaluator<SentenceTransformer>([first, second]) { $0.min() ?? 0 }
        let least = min(try #require(result["a_cosine_accuracy"]), try #require(result["b_spearman_cosine"]))
        #expect(try other.evaluate(model)["sequential_score"] == least)
    }

    @Test("The loss of data is the one that the trainer finds")
    func loss() throws {
        let rows = try EvaluatorFixture.file.get().data
        let data = try TrainingData(pairs: rows.textPairs, scores: rows.scores.map { $0 / 5 })
        let model = try Self.model(), loss = TrainingLoss.cosineSimilarity()
        let evaluator = try LossEvaluator<SentenceTransformer>(data: data, loss: loss, name: "dev")
        let result = try evaluator.evaluate(model)
        var arguments = TrainingArguments(epochs: 1)
        arguments.maxSteps = 1
        let run = try Trainer(
            model: model, arguments: arguments, datasets: [data], loss: loss, evaluationDatasets: [data]
        ).trainBlocking()
        #expect(result["dev_loss"] == run.history.evaluations[0].metrics["eval_loss"])
        #expect(!evaluator.greaterIsBetter)
        let labels = try TrainingData(
            columns: ["sentence1", "sentence2", "label"],
            rows: zip(rows.textPairs, rows.classes).map { [.text($0.0), .text($0.1), .number(Double($1))] })
        let learning = try LossEvaluator<SentenceTransformer>(data: labels, loss: .softmax(labelCount: 3))
        #expect(errorText { try learning.evaluate(model) }.contains("learns something itself"))
    }

    @Test("Data that do not make an evaluation are refused with numbers")
    func refusals() throws {
        #expect(
            errorText { try TripletEvaluator<SentenceTransformer>(triplets: []) }.contains("found 0 rows"))
        #expect(
            errorText { try EmbeddingSimilarityEvaluator<SentenceTransformer>(pairs: [("a", "b")], scores: [1]) }
                .contains("found 1 row to evaluate on; expected at least 2"))
        #expect(
            errorText { try BinaryClassificationEvaluator<SentenceTransformer>(pairs: [("a", "b")], labels: []) }
                .contains("found 0 labels for 1 rows"))
        func retrieval(
            _ queries: [String], _ corpus: [String], _ relevant: [(String, String)],
            _ cutoffs: RetrievalCutoffs = RetrievalCutoffs()
        ) -> String {
            errorText {
                try InformationRetrievalEvaluator<SentenceTransformer>(
                    queries: queries.map { ($0, $0) }, corpus: corpus.map { ($0, $0) },
                    relevant: relevant.map { ($0.0, $0.1) }, cutoffs: cutoffs)
            }
        }
        #expect(retrieval(["q"], ["d"], []).contains("none of 1 queries"))
        #expect(retrieval(["q", "q"], ["d"], [("q", "d")]).contains("two queries have the identifier \"q\""))
        #expect(retrieval(["q"], ["d", "d"], [("q", "d")]).contains("two documents have the identifier \"d\""))
        var cutoffs = RetrievalCutoffs()
        cutoffs.accuracy = [0]
        #expect(retrieval(["q"], ["d"], [("q", "d")], cutoffs).contains("a cutoff is 0"))
    }

    @Test("A run writes the files of its evaluators, and its best model is the one that they find best")
    func trainer() throws {
        let rows = try EvaluatorFixture.file.get().data, folder = try TemporaryFolder()
        let data = try TrainingData(pairs: rows.textPairs, scores: rows.scores.map { $0 / 5 })
        var arguments = TrainingArguments(epochs: 2, batchSize: 8, learningRate: 1e-3, outputDirectory: folder.url)
        arguments.evaluation = .steps(2)
        arguments.loadsBestModelAtEnd = true
        let evaluator = try EmbeddingSimilarityEvaluator<SentenceTransformer>(
            pairs: rows.textPairs, scores: rows.scores, name: "dev")
        let result = try Trainer(
            model: try Self.model(), arguments: arguments, datasets: [data], loss: .cosineSimilarity(),
            evaluators: [evaluator]
        ).trainBlocking()
        let found = result.history.evaluations.map { $0.metrics["eval_dev_spearman_cosine"] ?? .nan }
        let best = try #require(found.max())
        #expect(try evaluator.evaluate(result.model)["dev_spearman_cosine"] == best)
        let file = folder.url.appending(path: "eval/similarity_evaluation_dev_results.csv")
        let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\r\n")
        #expect(lines[0] == "epoch,steps,cosine_pearson,cosine_spearman")
        #expect(
            lines.dropFirst().compactMap { $0.split(separator: ",").last.map(String.init) } == found.map { "\($0)" })
    }

    @Test("A run that goes on from an earlier checkpoint has each row of its files once")
    func resumed() throws {
        let rows = try EvaluatorFixture.file.get().data, folder = try TemporaryFolder()
        let data = try TrainingData(pairs: rows.textPairs, scores: rows.scores.map { $0 / 5 })
        var arguments = TrainingArguments(epochs: 2, batchSize: 8, learningRate: 1e-3, outputDirectory: folder.url)
        arguments.evaluation = .steps(1)
        arguments.saving = .steps(3)
        let trainer = Trainer(
            model: try Self.model(), arguments: arguments, datasets: [data], loss: .cosineSimilarity(),
            evaluators: [
                try EmbeddingSimilarityEvaluator<SentenceTransformer>(pairs: rows.textPairs, scores: rows.scores),
                try InformationRetrievalEvaluator<SentenceTransformer>(
                    queries: [("a", "the sun")], corpus: [("b", "the sun"), ("c", "a dog")], relevant: [("a", "b")]),
            ])
        func files() throws -> [String] {
            try ["similarity_evaluation", "Information-Retrieval_evaluation"].map {
                try String(contentsOf: folder.url.appending(path: "eval/\($0)_results.csv"), encoding: .utf8)
            }
        }
        _ = try trainer.trainBlocking()
        let whole = try files()
        #expect(whole[0].components(separatedBy: "\r\n").count == 11)
        try FileManager.default.removeItem(at: folder.url.appending(path: "checkpoint-6"))
        _ = try trainer.trainBlocking(resuming: true)
        #expect(try files() == whole)
    }

    @Test("The classifier of a checkpoint is the one that the run had learned")
    func classifier() throws {
        let rows = try EvaluatorFixture.file.get().data, folder = try TemporaryFolder()
        let data = try TrainingData(
            columns: ["sentence1", "sentence2", "label"],
            rows: zip(rows.textPairs, rows.classes).map { [.text($0.0), .text($0.1), .number(Double($1))] })
        var arguments = TrainingArguments(epochs: 40, batchSize: 26, learningRate: 1e-2, outputDirectory: folder.url)
        arguments.saving = .steps(40)
        let result = try Trainer(
            model: try Self.model(), arguments: arguments, datasets: [data], loss: .softmax(labelCount: 3)
        ).trainBlocking()
        let classifier = try SoftmaxClassifier(checkpoint: folder.url.appending(path: "checkpoint-40"))
        let evaluator = try LabelAccuracyEvaluator(
            pairs: rows.textPairs, labels: rows.classes, classifier: classifier, name: "dev")
        // The rows that were learned; a third of them would be right by chance.
        #expect(try #require(try evaluator.evaluate(result.model)["dev_accuracy"]) > 0.8)
        let other = try SoftmaxClassifier(weight: Matrix(rows: [[1, 2]]), bias: [0])
        let wrong = try LabelAccuracyEvaluator(pairs: rows.textPairs, labels: rows.classes, classifier: other)
        #expect(errorText { try wrong.evaluate(result.model) }.contains("the classifier takes 2 columns"))
    }
}
