// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceTestSupport
import Testing

@Suite("train on the command line")
struct TrainCommandTests {
    private let folder: TemporaryFolder
    private let output: URL
    private let data: String

    init() throws {
        folder = try TemporaryFolder()
        output = folder.url.appending(path: "trained")
        data = try folder.write(TrainedPairs.lines(40), to: "pairs.jsonl").path
    }

    private func settings(_ more: String = "") -> String {
        """
        {"model": "\(Fixture.url("models/mean").path)", "train": "\(data)", "output": "\(output.path)",
         "loss": "MultipleNegativesRankingLoss", "num_train_epochs": 1, "per_device_train_batch_size": 8,
         "learning_rate": 1e-3, "save_strategy": "steps", "save_steps": 2\(more)}
        """
    }

    private func log() throws -> [JSONObject] {
        try String(contentsOf: output.appending(path: "training_log.jsonl"), encoding: .utf8).split(separator: "\n")
            .map { try #require(try JSONValue(parsing: String($0)).asObject) }
    }

    @Test("Settings in JSON, in YAML and as options train the same model, which loads and encodes")
    func settingsFiles() throws {
        let json = try folder.write(settings(), to: "run.json").path
        let yaml = try folder.write(
            """
            model: \(Fixture.url("models/mean").path)
            train: [\(data)]
            output: \(output.path)
            loss: {name: MultipleNegativesRankingLoss, scale: 20.0}
            num_train_epochs: 1
            per_device_train_batch_size: 8
            learning_rate: 1e-3

            """, to: "run.yaml"
        ).path
        var models: [Data] = []
        for arguments in [
            ["--config", json], ["--config", yaml],
            [
                "--model", Fixture.url("models/mean").path, "--train", data, "--loss", "MultipleNegativesRankingLoss",
                "--output", output.path, "--epochs", "1", "--batch-size", "8", "--learning-rate", "1e-3",
            ],
        ] {
            let result = try Command.run(["train"] + arguments)
            #expect(result.status == 0 && result.output.isEmpty, "\(result.error)")
            models.append(try Data(contentsOf: output.appending(path: "model.safetensors")))
            let lines = try log()
            #expect(lines.compactMap { $0["step"]?.asInt } == Array(1...5))
            for name in ["loss", "grad_norm", "learning_rate", "epoch"] {
                #expect(lines.allSatisfy { $0[name]?.asDouble != nil }, "\(name)")
            }
            let encoded = try Command.run(["encode", "--model", output.path], input: "it is sunny\n")
            #expect(try encoded.decoded([Float].self).first?.isEmpty == false, "\(encoded.error)")
            try FileManager.default.removeItem(at: output)
        }
        #expect(models[0] == models[1] && models[0] == models[2])
        #expect(try models[0] != Data(contentsOf: Fixture.url("models/mean/model.safetensors")))
    }

    @Test(
        "A key that is not known names the nearest one",
        arguments: [
            ("\"num_train_epoch\": 2", "num_train_epoch", "num_train_epochs"),
            ("\"learningrate\": 1", "learningrate", "learning_rate"), ("\"losss\": \"x\"", "losss", "loss"),
        ])
    func unknownKey(setting: String, key: String, nearest: String) throws {
        let path = try folder.write(settings(", \(setting)"), to: "run.json").path
        try expectFailure(
            ["train", "--config", path], "\(path): the key \"\(key)\" is not known; did you mean \"\(nearest)\"?")
    }

    @Test("A dry run prints the plan and writes nothing")
    func dryRun() throws {
        let path = try folder.write(settings(), to: "run.json").path, before = try folder.contents()
        let result = try Command.run(["train", "--config", path, "--dry-run"])
        #expect(result.status == 0 && result.output.isEmpty)
        #expect(result.error.contains("40 rows, 5 steps, 5 an epoch"), "\(result.error)")
        #expect(result.error.contains("what is number 0?"))
        #expect(try folder.contents() == before)
    }

    @Test("Negatives are mined before training, with the prompts of training, and only for embedding models")
    func mining() throws {
        let common = [
            "--train", data, "--loss", "MultipleNegativesRankingLoss", "--epochs", "1", "--output", output.path,
        ]
        let plan = try Command.run(
            [
                "train", "--model", Fixture.url("models/mean").path, "--mine", "2", "--dry-run", "--set",
                "prompts=query: ",
            ]
                + common)
        #expect(plan.status == 0, "\(plan.error)")
        #expect(plan.error.contains("negative_1") && plan.error.contains("negative_2"))
        let refused = try Command.run(
            ["train", "--model", Fixture.url("sparse/bert").path, "--mine", "2"] + common)
        #expect(refused.status != 0 && refused.error.contains("--mine needs an embedding model"))
    }

    @Test("Rows to evaluate on give the loss and the metrics of their columns, before and after")
    func evaluation() throws {
        let eval = try folder.write(TrainedPairs.lines(12), to: "dev.jsonl").path
        let path = try folder.write(settings(", \"eval\": \"\(eval)\""), to: "run.json").path
        let result = try Command.run(["train", "--config", path])
        #expect(result.status == 0, "\(result.error)")
        let lines = try log().filter { $0["eval_loss"] != nil }
        #expect(lines.compactMap { $0["step"]?.asInt } == [0, 5])
        #expect(lines.allSatisfy { $0["eval_dev_cosine_ndcg@10"]?.asDouble != nil })
        #expect(result.error.contains("eval_dev_cosine_ndcg@10"))
        let file = output.appending(path: "eval/Information-Retrieval_evaluation_dev_results.csv")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(rows.count == 3 && rows[0].hasPrefix("epoch,steps,cosine-Accuracy@1,"))
    }

    @Test("After Ctrl-C there is a checkpoint, from which the run goes on to the same model")
    func interrupted() throws {
        let whole = folder.url.appending(path: "whole")
        let arguments = { (output: URL) in TrainedPairs.arguments(data, output) }
        _ = try Command.run("train", "mean", arguments(whole))
        let command = try RunningCommand("train", "mean", arguments(output))
        try command.waitForFile(in: folder) { _ in try TrainedPairs.loggedSteps(output) >= 3 }
        command.signal(SIGINT)
        let end = try command.wait()
        #expect(end.status == 128 + SIGINT, "\(end.error)")
        #expect(end.error.contains("is saved, and --resume goes on from it"), "\(end.error)")
        #expect(try Command.run("train", "mean", arguments(output) + ["--resume"]).status == 0)
        for name in ["model.safetensors", "training_log.jsonl"] {
            #expect(
                try Data(contentsOf: output.appending(path: name)) == Data(contentsOf: whole.appending(path: name)))
        }
    }

    @Test("A folder that cannot be written is known before the first step")
    func unwritableFolder() throws {
        let file = try folder.write("a file", to: "file").path
        for (place, message) in [(file, "(File exists)"), (file + "/trained", "(Not a directory)")] {
            let end = try Command.run(
                ["train", "--model", Fixture.url("models/mean").path]
                    + TrainedPairs.arguments(data, URL(filePath: place)))
            #expect(end.status == 1 && end.error.contains(message), "\(end.error)")
            #expect(!end.error.contains("step 1"), "\(end.error)")
        }
        #expect(try folder.contents() == ["file", "pairs.jsonl"])
    }

    @Test("A full disk is reported, and the checkpoints that were there stay")
    func fullDisk() throws {
        let whole = folder.url.appending(path: "whole")
        _ = try Command.run("train", "mean", TrainedPairs.arguments(data, whole))
        let command = try RunningCommand("train", "mean", TrainedPairs.arguments(data, output))
        try command.waitForFile(in: folder) { _ in try TrainedPairs.checkpoints(output).count >= 2 }
        command.signal(SIGKILL)
        _ = try command.wait()
        let before = try TrainedPairs.checkpoints(output)
        // Files may have 16 KiB, in blocks of 512 bytes; what is beyond is an error as on a full disk.
        let full = try Command.run(
            ["train", "--model", Fixture.url("models/mean").path] + TrainedPairs.arguments(data, output) + ["--resume"],
            limits: "-f 32 && trap '' XFSZ")
        #expect(full.status == 1)
        let last = try #require(full.error.split(separator: "\n").last)
        let step = try #require(before.last)
        #expect(last.hasPrefix("error: the checkpoint of step \(step + 1) cannot be saved; "), "\(last)")
        #expect(last.contains("/checkpoint-\(step); make room") && last.contains("File too large"), "\(last)")
        #expect(try TrainedPairs.checkpoints(output) == before)
        #expect(try TrainedPairs.unfinished(output).isEmpty)
        _ = try Command.run("train", "mean", TrainedPairs.arguments(data, output) + ["--resume"])
        #expect(
            try Data(contentsOf: output.appending(path: "model.safetensors"))
                == Data(contentsOf: whole.appending(path: "model.safetensors")))
    }
}
