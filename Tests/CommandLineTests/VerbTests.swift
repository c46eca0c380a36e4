// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("similarity, tokenize, info and bench")
struct VerbTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    // MARK: similarity

    @Test("similarity prints the matrix of all pairs")
    func similarity() throws {
        let texts = ["the weather is lovely", "it is sunny", "he drove"]
        let matrix = try #require(
            try Command.run("similarity", "mean", ["--json"] + texts).decoded([[Float]].self).first)
        #expect(matrix.map(\.count) == [3, 3, 3])
        for (row, numbers) in matrix.enumerated() {
            #expect(abs(numbers[row] - 1) < 1e-5)
            #expect(zip(numbers, matrix.map { $0[row] }).allSatisfy { abs($0 - $1) < 1e-6 }, "it is symmetric")
        }
        let human = try Command.run("similarity", "mean", texts)
        #expect(human.lines.count == 3)
        #expect(human.lines[0].hasPrefix(" 1.0000") || human.lines[0].hasPrefix("1.0000"))
        for (line, text) in zip(human.lines, texts) { #expect(line.hasSuffix("  \(text)"), "\(line)") }
        let starts = zip(human.lines, texts).map { $0.count - $1.count }
        #expect(Set(starts).count == 1, "columns are aligned")
    }

    @Test("similarity takes texts from a file and from standard input, and uses the model's function")
    func similarityInput() throws {
        let path = try folder.write("it is sunny\nhe drove\n", to: "texts.txt").path
        let file = try Command.run("similarity", "prompts", ["--json", "--input", path])
        let stream = try Command.run("similarity", "prompts", ["--json"], input: "it is sunny\nhe drove\n")
        #expect(file.output == stream.output)
        let matrix = try #require(try file.decoded([[Float]].self).first)
        #expect(abs(matrix[0][0] - 1) > 0.1, "a dot product")
        #expect(try Command.run("similarity", "mean", ["--json"]).output == "[]\n")
    }

    @Test("similarity writes files, and does not print thousands of texts")
    func similarityOutput() throws {
        let path = folder.url.appending(path: "out.npy")
        let texts = ["the weather is lovely", "it is sunny"]
        _ = try Command.run("similarity", "mean", texts + ["--output", path.path])
        let matrix = try #require(
            try Command.run("similarity", "mean", ["--json"] + texts).decoded([[Float]].self).first)
        #expect(try NumpyArray(path).rows() == matrix)
        let many = String(repeating: "a\n", count: 2001)
        let result = try Command.run(["similarity", "--model", Fixture.url("models/mean").path], input: many)
        #expect(result.status == 1 && result.error.contains("name a file with --output"), "\(result.error)")
    }

    @Test("similarity writes a large matrix in blocks of rows", arguments: ["mean", "prompts"])
    func similarityBlocks(model: String) throws {
        // More rows than one block has.
        let count = 2100
        let texts = ["the weather is lovely", "it is sunny"]
        let path = folder.url.appending(path: "out.npy")
        let input = (0..<count).map { texts[$0 % 2] + "\n" }.joined()
        _ = try Command.run("similarity", model, ["--output", path.path], input: input)
        let expected = try #require(
            try Command.run("similarity", model, ["--json"] + texts).decoded([[Float]].self).first)
        let array = try NumpyArray(path)
        try #require(array.shape == [count, count] && array.data.count == count * count * 4)
        array.data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            for row in [0, 1, 255, 256, 1996, 1997, 1998, count - 1] {
                for column in [0, 1, row, count - 1] {
                    let bits = bytes.loadUnaligned(fromByteOffset: (row * count + column) * 4, as: UInt32.self)
                    let difference = Float(bitPattern: UInt32(littleEndian: bits)) - expected[row % 2][column % 2]
                    #expect(abs(difference) < 1e-3, "[\(row), \(column)]")
                }
            }
        }
    }

    @Test("similarity of no texts writes a matrix without rows")
    func similarityOfNothing() throws {
        let path = folder.url.appending(path: "out.npy")
        _ = try Command.run("similarity", "mean", ["--output", path.path])
        #expect(try NumpyArray(path).shape == [0, 0])
    }

    // MARK: tokenize

    @Test("tokenize needs no weights, and cuts as the model would")
    func tokenize() throws {
        let model = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("models/mean"), to: model)
        try FileManager.default.removeItem(at: model.appending(path: "model.safetensors"))
        let long = String(repeating: "the weather ", count: 50)
        let expected = try Command.run("tokenize", "mean", input: "\(long)\n")
        let result = try Command.run(["tokenize", "--model", model.path], input: "\(long)\n")
        #expect(result.output == expected.output && !result.output.isEmpty)
        #expect(result.error == "warning: 1 of 1 texts were cut to 40 tokens\n")
        let short = try Command.run(["tokenize", "--model", model.path, "--max-length", "4"], input: long)
        #expect(short.output == "{\"ids\":[3,6,7,4],\"type_ids\":[0,0,0,0]}\n")
        // Without the encoder's configuration, the tokenizer's own limit is left.
        try FileManager.default.removeItem(at: model.appending(path: "config.json"))
        #expect(try Command.run(["tokenize", "--model", model.path], input: long).output == expected.output)
    }

    @Test("tokenize writes files of JSON lines")
    func tokenizeFile() throws {
        let path = folder.url.appending(path: "out.jsonl")
        let result = try Command.run("tokenize", "mean", ["--output", path.path], input: "the weather\n")
        #expect(result.output.isEmpty)
        let text = try String(contentsOf: path, encoding: .utf8)
        #expect(text == "{\"ids\":[3,6,7,4],\"type_ids\":[0,0,0,0]}\n")
    }

    // MARK: info

    private struct Info: Decodable {
        let modules: [Module]
        let parameters: Int
        let dimension: Int
        let max_seq_length: Int
        let truncate_dim: Int?
        let similarity_function: String
        let prompts: [String: String]
        let default_prompt_name: String?
        let vocabulary_size: Int
        let kernels: String
        let available_kernels: [String]
        let threads: Int

        struct Module: Decodable {
            let type: String
            let parameters: Int
        }
    }

    @Test("info tells what a model is made of")
    func info() throws {
        let output = try Command.run("info", "prompts", ["--json", "--threads", "3"]).output
        let info = try JSONDecoder().decode(Info.self, from: Data(output.utf8))
        #expect(info.modules.map(\.type) == ["Transformer", "Pooling"])
        #expect(info.modules.map(\.parameters).reduce(0, +) == info.parameters && info.parameters > 10_000)
        #expect(info.dimension == 144 && info.truncate_dim == 45 && info.vocabulary_size == 116)
        #expect(info.similarity_function == "dot" && info.default_prompt_name == "passage")
        #expect(info.prompts["query"] == "search: " && info.threads == 3)
        #expect(info.available_kernels.contains(info.kernels))
        let human = try Command.run("info", "prompts")
        #expect(human.output.contains("similarity    dot\n"), "\(human.output)")
    }

    @Test("SENTENCE_KERNELS chooses the kernels")
    func kernels() throws {
        let result = try Command.run(
            ["info", "--json", "--model", Fixture.url("models/mean").path],
            environment: ["SENTENCE_KERNELS": "portable"])
        #expect(try JSONDecoder().decode(Info.self, from: Data(result.output.utf8)).kernels == "portable")
    }

    // MARK: bench

    @Test("bench measures")
    func bench() throws {
        let path = try folder.write("the weather\nit is sunny\n", to: "texts.txt").path
        let output = try Command.run("bench", "mean", ["--json", "--input", path]).output
        let numbers = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        #expect(numbers["texts"] as? Int == 2)
        #expect(numbers["tokens"] as? Int == 9)
        for key in [
            "load_seconds", "first_embedding_seconds", "texts_per_second", "tokens_per_second",
            "tokenization_tokens_per_second", "latency_p50_seconds", "latency_p95_seconds", "peak_memory_bytes",
        ] {
            #expect((numbers[key] as? Double ?? 0) > 0, "\(key)")
        }
    }
}
