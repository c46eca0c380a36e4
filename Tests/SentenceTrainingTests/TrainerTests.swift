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

@Suite("Trainer")
struct TrainerTests {
    private static func model() throws -> SentenceTransformer {
        try SentenceTransformer(directory: Fixture.url("models/mean"))
    }

    private static func data(_ count: Int = 40) throws -> TrainingData {
        try TrainingData(
            name: "pairs", columns: ["anchor", "positive"],
            rows: (0..<count).map { [.text("what is number \($0)?"), .text("number \($0 * 7 % 11) is \($0)")] })
    }

    private static func arguments(_ folder: URL? = nil) -> TrainingArguments {
        var arguments = TrainingArguments(epochs: 2, batchSize: 8, learningRate: 1e-3, outputDirectory: folder)
        arguments.saving = .steps(3)
        return arguments
    }

    /// Notes what it hears; ends the run after a step.
    private final class Listener: TrainingCallback {
        let events = Mutex<[String]>([])
        let last: Int?
        let control: TrainingControl

        init(_ control: TrainingControl = .goOn, after last: Int? = nil) {
            self.last = last
            self.control = control
        }

        func willBegin(_ plan: TrainingPlan) {
            events.withLock { $0.append("begin \(plan.completedSteps)/\(plan.totalSteps)") }
        }
        func didStep(_ progress: TrainingProgress) -> TrainingControl {
            events.withLock { $0.append("step \(progress.step)") }
            return progress.step == last ? control : .goOn
        }
        func didEvaluate(_ evaluation: TrainingEvaluation) {
            events.withLock { $0.append("evaluation \(evaluation.step)") }
        }
        func didSave(_ checkpoint: URL, step: Int) { events.withLock { $0.append("save \(step)") } }
        func didWarn(_ message: String) { events.withLock { $0.append("warning: \(message)") } }
        var heard: [String] { events.withLock { $0 } }
    }

    private static func trainer(
        _ arguments: TrainingArguments, _ callbacks: [any TrainingCallback] = [], count: Int = 40,
        evaluation: [TrainingData] = []
    ) throws -> SentenceTransformerTrainer {
        SentenceTransformerTrainer(
            model: try model(), arguments: arguments, datasets: [try data(count)], loss: .multipleNegativesRanking(),
            evaluationDatasets: evaluation, callbacks: callbacks)
    }

    private static func values(_ model: SentenceTransformer) -> [[Float]] {
        model.pipeline.parameters.distinct.map(\.parameter.tensor).map { $0.float32().floats }
    }

    @Test("A run takes its steps in order, saves, evaluates, and makes the loss smaller")
    func run() throws {
        let folder = try TemporaryFolder()
        var arguments = Self.arguments(folder.url.appending(path: "run"))
        arguments.evaluation = .steps(5)
        let listener = Listener()
        let result = try Self.trainer(arguments, [listener], evaluation: [Self.data(16)]).trainBlocking()
        #expect(
            listener.heard == [
                "begin 0/10", "evaluation 0", "step 1", "step 2", "step 3", "save 3", "step 4", "step 5",
                "evaluation 5", "step 6", "save 6", "step 7", "step 8", "step 9", "save 9", "step 10", "evaluation 10",
            ])
        let change = try #require(result.history.change(of: "eval_loss"))
        #expect(change.after < change.before)
        #expect(result.history.steps.map(\.step) == Array(1...10))
        #expect(try result.model.encode(["a"]) != Self.model().encode(["a"]))
        let log = try String(contentsOf: folder.url.appending(path: "run/training_log.jsonl"), encoding: .utf8)
        #expect(log.split(separator: "\n").count == 13)
        #expect(log.contains(#""grad_norm":"#) && log.contains(#""learning_rate":"#) && log.contains(#""eval_loss":"#))
    }

    @Test("A run that was interrupted ends with the same bits as one that was not", arguments: [1, 3, 4, 5, 7, 9])
    func resuming(step: Int) throws {
        let folder = try TemporaryFolder()
        let whole = try Self.trainer(Self.arguments()).trainBlocking()
        let arguments = Self.arguments(folder.url.appending(path: "run"))
        let first = try Self.trainer(arguments, [Listener(.interrupt, after: step)]).trainBlocking()
        #expect(first.isInterrupted && first.step == step)
        let listener = Listener()
        let second = try Self.trainer(arguments, [listener]).trainBlocking(resuming: true)
        #expect(listener.heard.first == "begin \(step)/10")
        #expect(!second.isInterrupted && second.step == 10)
        #expect(Self.values(second.model) == Self.values(whole.model))
        #expect(second.history.steps == whole.history.steps)
    }

    @Test("What does not belong to the run is refused")
    func foreignCheckpoint() throws {
        let folder = try TemporaryFolder()
        var arguments = Self.arguments(folder.url)
        _ = try Self.trainer(arguments, [Listener(.interrupt, after: 4)]).trainBlocking()
        #expect(throws: TrainingError.self) { try Self.trainer(arguments).trainBlocking() }
        arguments.batchSize = 4
        let message = errorText { try Self.trainer(arguments).trainBlocking(resuming: true) }
        #expect(message.contains("another batch size: 8, now 4"), "\(message)")
    }

    @Test("The best model is the last result, also where it is the untouched one, and patience ends a run")
    func best() throws {
        var arguments = Self.arguments()
        arguments.learningRate = 0
        arguments.evaluation = .steps(2)
        arguments.loadsBestModelAtEnd = true
        arguments.earlyStoppingPatience = 2
        let listener = Listener()
        let result = try Self.trainer(arguments, [listener], evaluation: [Self.data(16)]).trainBlocking()
        #expect(result.step == 0)
        #expect(listener.heard.last == "evaluation 4", "two evaluations without a better model")
        #expect(Self.values(result.model) == Self.values(try Self.model()))
        arguments.learningRate = 1e-3
        let better = try Self.trainer(arguments, [], evaluation: [Self.data(16)]).trainBlocking()
        let untouched = Self.values(try Self.model())
        #expect(better.step > 0 && Self.values(better.model) != untouched)
    }

    @Test("A loss that is no number ends the run with step, rows and checkpoint")
    func divergence() throws {
        let folder = try TemporaryFolder()
        var arguments = Self.arguments(folder.url)
        arguments.learningRate = 1e30
        arguments.maxGradientNorm = 0
        arguments.saving = .steps(1)
        let message = errorText { try Self.trainer(arguments).trainBlocking() }
        #expect(message.contains("no finite number at step"), "\(message)")
        #expect(message.contains("checkpoint-") || message.contains("no checkpoint"), "\(message)")
    }

    @Test("Frozen parameters stay, learning rates go by name, and names that fit nothing are errors")
    func patterns() throws {
        var arguments = Self.arguments()
        arguments.frozen = ["embeddings"]
        arguments.learningRateMapping = [(#"layer\.0\."#, 0)]
        let result = try Self.trainer(arguments).trainBlocking()
        let before = try Self.model().pipeline.parameters.distinct, after = result.model.pipeline.parameters.distinct
        var moved = 0
        for (old, new) in zip(before, after) {
            let isSame = old.parameter.tensor.float32().floats == new.parameter.tensor.float32().floats
            if old.name.contains("embeddings") || old.name.contains("layer.0.") {
                #expect(isSame, "\(old.name)")
            } else if !isSame {
                moved += 1
            }
        }
        #expect(moved > 0)
        arguments.frozen = ["nothing_like_it"]
        #expect(errorText { try Self.trainer(arguments).trainBlocking() }.contains("nothing_like_it"))
    }
}
