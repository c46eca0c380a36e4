// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceTestSupport
import Testing

@Suite("Adapters, merge and export on the command line")
struct MergeCommandTests {
    /// Float32 on both sides, of embeddings of length 1.
    private static let tolerance: Float = 1e-5

    private let folder: TemporaryFolder
    private let base = Fixture.url("models/mean").path

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    private func run(_ arguments: String...) throws {
        let result = try Command.run(arguments)
        #expect(result.status == 0, "\(result.error)")
    }

    private func embedding(_ model: String) throws -> [Float] {
        try #require(try Command.run(["encode", "--model", model], input: "it is sunny\n").decoded([Float].self).first)
    }

    private func isClose(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= Self.tolerance }
    }

    @Test("An adapter is trained, saved alone, used, resumed, merged and exported")
    func adapter() throws {
        let data = try folder.write(TrainedPairs.lines(40), to: "pairs.jsonl").path
        func train(_ output: String, _ more: String...) throws {
            let result = try Command.run(
                [
                    "train", "--model", base, "--train", data, "--loss", "MultipleNegativesRankingLoss", "--output",
                    path(output), "--epochs", "1", "--learning-rate", "1e-2", "--set", "save_steps=2",
                ] + more)
            #expect(result.status == 0, "\(result.error)")
        }
        try train("trained", "--lora", "r=4,alpha=8,targets=all-linear")
        let files = try FileManager.default.contentsOfDirectory(atPath: path("trained"))
        #expect(files.contains("adapter_model.safetensors") && !files.contains("model.safetensors"))
        let before = try embedding(base), after = try embedding(path("trained"))
        #expect(!isClose(before, after))
        // A run that goes on from a checkpoint ends with the same bits.
        let last = path("trained") + "/adapter_model.safetensors"
        let weights = try Data(contentsOf: URL(filePath: last))
        try FileManager.default.removeItem(atPath: path("trained") + "/checkpoint-4")
        try train("trained", "--lora", "r=4,alpha=8,targets=all-linear", "--resume")
        #expect(try Data(contentsOf: URL(filePath: last)) == weights)

        try run("merge", "--model", path("trained"), "--output", path("merged"))
        #expect(try isClose(embedding(path("merged")), after))
        try run("merge", "--model", base, "--adapter", path("trained"), "--output", path("merged2"))
        #expect(try isClose(embedding(path("merged2")), after))
        try run("export", "--model", path("trained"), "--dtype", "bfloat16", "--output", path("half"))
        func size(_ name: String) throws -> Int {
            try Data(contentsOf: URL(filePath: path(name) + "/model.safetensors")).count
        }
        #expect(try size("half") < size("merged") * 6 / 10)
        try run(
            "merge", "--model", base, "--model", path("merged"), "--weights", "1", "0", "--output", path("first"))
        #expect(try isClose(embedding(path("first")), before))
        try run(
            "merge", "--model", base, "--model", path("merged"), "--method", "slerp", "--t", "1", "--output",
            path("second"))
        #expect(try isClose(embedding(path("second")), after))
    }

    @Test("What does not fit together is refused in one line")
    func refusals() throws {
        func refusal(_ arguments: String...) throws -> String {
            let result = try Command.run(arguments + ["--output", path("out")])
            #expect(result.status != 0)
            return result.error
        }
        #expect(try refusal("merge", "--model", base).contains("has no adapter"))
        let reranker = Fixture.url("cross_encoders/bert").path
        #expect(try refusal("merge", "--model", base, "--model", reranker).contains("several kinds"))
        #expect(try refusal("merge", "--model", base, "--model", base, "--t", "0.5").contains("slerp"))
        let train = [
            "train", "--model", base, "--train", "none.jsonl", "--loss", "CoSENTLoss", "--output", path("out"),
        ]
        for (text, named) in [("r=x", "--lora"), ("q=3", "--lora"), ("r=4,targets=none", "none")] {
            let result = try Command.run(
                train + ["--lora", text, "--train", folder.write(TrainedPairs.lines(4), to: "a.jsonl").path])
            #expect(result.status != 0 && result.error.contains(named), "\(result.error)")
        }
        _ = try folder.write("x", to: "full/file")
        let result = try Command.run(["export", "--model", base, "--output", path("full")])
        #expect(result.status == 1 && result.error.contains("not empty"))
    }
}
