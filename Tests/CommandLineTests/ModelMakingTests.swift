// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceTestSupport
import Testing

@Suite("Verbs that make models, and the model in the program")
struct ModelMakingTests {
    private let folder: TemporaryFolder
    private let base = Fixture.url("models/mean").path

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    private func run(_ arguments: String..., input: String = "") throws -> (output: String, error: String) {
        let result = try Command.run(arguments, input: input)
        #expect(result.status == 0, "\(result.error)")
        return (result.output, result.error)
    }

    @Test("A few examples make a classifier, which answers with labels in lines, and with probabilities in arrays")
    func fewShot() throws {
        let rows = [
            ("it is lovely and sunny outside", "weather"), ("the weather is lovely today", "weather"),
            ("the man plays guitar", "music"), ("a man plays the guitar", "music"),
        ]
        let lines = rows.map { "{\"text\": \"\($0.0)\", \"label\": \"\($0.1)\"}\n" }.joined()
        let examples = try folder.write(lines, to: "examples.jsonl").path
        let trained = try run(
            "few-shot", "--model", base, "--train", examples, "--eval", examples, "--output", path("classifier"),
            "--pairs",
            "4", "--learning-rate", "1e-3")
        #expect(
            trained.error.contains("accuracy, embeddings as they were") && trained.error.contains("after training: 1.0")
        )
        let found = try run(
            "predict", "--model", path("classifier"), input: "the weather is lovely today\nthe man plays guitar\n"
        ).output
        let answers = try found.split(separator: "\n").map { try #require(JSONValue(parsing: String($0)).asObject) }
        #expect(answers.map { $0["label"]?.asString } == ["weather", "music"])
        #expect(answers.allSatisfy { ($0["score"]?.asDouble ?? 0) > 0.5 })
        _ = try run(
            "predict", "--model", path("classifier"), "--input", examples, "--output", path("scores.npy"), "--keep",
            "label")
        #expect(FileManager.default.fileExists(atPath: path("scores.npy")))
        let taken = try Command.run(
            ["predict", "--model", path("classifier"), "--input", examples, "--keep", "label"])
        #expect(taken.status == 1 && taken.error.contains("--keep label"))
        let none = try Command.run(["predict", "--model", base], input: "a\n")
        #expect(none.status == 1 && none.error.contains("SentenceTransformer"))
    }

    @Test("Distilled models and models with fewer tokens are models like any other")
    func smallModels() throws {
        let texts = try folder.write("it is so sunny\nthe man plays guitar\n", to: "texts.txt").path
        let said = try run(
            "distill", "--model", base, "--output", path("static"), "--texts", texts, "--generate", "20",
            "--dimensions", "12")
        #expect(said.error.contains("training on 22 texts"))
        #expect(try run("encode", "--model", path("static"), input: "sunny\n").output.split(separator: ",").count == 12)
        _ = try run(
            "distill", "--model", base, "--output", path("m2v"), "--layout", "model2vec", "--dtype", "int8", "--quiet")
        #expect(try run("encode", "--model", path("m2v"), input: "sunny\n").output.hasPrefix("["))
        let wrong = try Command.run(["distill", "--model", base, "--output", path("x"), "--dtype", "int8"])
        #expect(wrong.status == 64 && wrong.error.contains("model2vec"))
        let cut = try run("truncate-vocabulary", "--model", base, "--keep", texts, "--output", path("cut"))
        #expect(cut.error.contains("of 116 tokens are left"))
        let both = try [base, path("cut")].map { try run("encode", "--model", $0, input: "it is so sunny\n").output }
        #expect(both[0] == both[1])
    }

    @Test("The model of the name \"default\" needs no files")
    func builtIn() throws {
        let encoded = try run("encode", "--model", "default", "--offline", input: "a text\n").output
        #expect(encoded.split(separator: ",").count == 240)
        #expect(try run("tokenize", "--model", "default", input: "hello world\n").output.contains("7592,2088"))
        #expect(try run("info", "--model", "default").output.contains("StaticEmbedding"))
        let sparse = try Command.run(["encode", "--model", "default", "--kind", "sparse"], input: "a\n")
        #expect(sparse.status == 1 && sparse.error.contains("embedding model"))
    }
}
