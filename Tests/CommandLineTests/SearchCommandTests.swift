// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceTestSupport
import Testing

@Suite("search and quantize on the command line")
struct SearchCommandTests {
    private let folder: TemporaryFolder
    private let corpus: String

    init() throws {
        folder = try TemporaryFolder()
        corpus = try folder.write(
            """
            {"id": "a", "text": "A man is eating food.", "lang": "en", "score": 3}
            {"id": "b", "text": "A man is eating a piece of bread.", "lang": "en"}
            {"id": "c", "text": "The girl is carrying a baby.", "lang": "de", "year": 2024}

            """, to: "docs.jsonl"
        ).path
    }

    private static let model = Fixture.url("models/mean").path

    private func search(_ arguments: [String]) throws -> [[JSONObject]] {
        let result = try Command.run(["search", "--corpus", corpus, "--json"] + arguments)
        #expect(result.status == 0, "\(result.error)")
        return try result.output.split(separator: "\n").map { line in
            try #require(try JSONValue(parsing: String(line)).asArray).map { try #require($0.asObject) }
        }
    }

    @Test("Hits have number, score, text and the other fields of their rows, a line for each query")
    func hits() throws {
        let found = try search(
            ["--model", Self.model, "--query", "A man is eating food.", "--query=girl", "--top-k", "2"])
        #expect(found.count == 2 && found.allSatisfy { $0.count == 2 })
        let best = found[0][0]
        #expect(best["corpus_id"] == 0 && best["id"] == "a" && best["lang"] == "en" && best["row_score"] == 3)
        #expect(best["text"] == "A man is eating food." && abs((best["score"]?.asDouble ?? 0) - 1) < 1e-5)
        #expect(best["parts"] == nil)
    }

    @Test("Without a model words decide; a filter looks at strings and at other values as they are written")
    func words() throws {
        let found = try search(["--query", "a man"])
        #expect(found[0].compactMap { $0["corpus_id"]?.asInt } == [0, 1, 2])
        let both = try search(["--query", "a man", "--filter", "lang=en", "--filter", "id=b"])
        #expect(both[0].map { $0["id"] } == ["b"])
        #expect(try search(["--query", "a man", "--filter", "year=2024"])[0].map { $0["id"] } == ["c"])
        #expect(try search(["--query", "zebra"]) == [[]])
    }

    @Test("A hybrid search explains each hit, and a reranker decides the order")
    func explained() throws {
        let rerank = Fixture.url("cross_encoders/bert").path
        let found = try search(["--model", Self.model, "--query", "a man eats", "--hybrid", "--rerank", rerank])
        let scores = found[0].compactMap { $0["score"]?.asDouble }
        #expect(scores.count == 3 && scores == scores.sorted(by: >))
        for hit in found[0] {
            let parts = try #require(hit["parts"]?.asObject)
            #expect(parts["rerank"]?.asObject?["score"] == hit["score"])
            #expect(parts["dense"]?.asObject?["rank"]?.asInt != nil && parts["bm25"] != nil)
        }
    }

    @Test("Embeddings stay beside the corpus and are made again when a text, the model or a setting changes")
    func cache() throws {
        let query = ["--model", Self.model, "--query", "girl"]
        let first = try search(query)
        let matrix = URL(filePath: corpus + ".embeddings.npy"), record = URL(filePath: corpus + ".embeddings.json")
        // Other numbers of the same size show whether they are read.
        let whole = try Data(contentsOf: matrix)
        var zeros = whole
        zeros.replaceSubrange(whole.count - 12 * 4..<whole.count, with: [UInt8](repeating: 0, count: 48))
        try zeros.write(to: matrix)
        #expect(try search(query) != first)
        // A matrix that was cut is not used.
        try whole.prefix(whole.count - 4).write(to: matrix)
        #expect(try search(query) == first)
        #expect(try Data(contentsOf: matrix) == whole)
        for change in ["text", "setting", "model"] {
            try zeros.write(to: matrix)
            switch change {
            case "text":
                let text = try String(contentsOfFile: corpus, encoding: .utf8)
                try text.replacing("baby", with: "child").write(toFile: corpus, atomically: true, encoding: .utf8)
                #expect(try search(query)[0].contains { $0["text"] == "The girl is carrying a child." })
            case "setting": _ = try search(query + ["--max-length", "4"])
            default: _ = try search(["--model", Fixture.url("models/prompts").path, "--query", "girl"])
            }
            #expect(try Data(contentsOf: matrix) != zeros, "\(change)")
        }
        try FileManager.default.removeItem(at: matrix)
        _ = try search(query + ["--no-cache"])
        #expect(!FileManager.default.fileExists(atPath: matrix.path))
        #expect(FileManager.default.fileExists(atPath: record.path))
    }

    @Test("Embeddings stand in the place of texts, also quantized ones")
    func embeddings() throws {
        _ = try search(["--model", Self.model, "--query", "girl"])
        let matrix = corpus + ".embeddings.npy"
        let result = try Command.run(["search", "--corpus", matrix, "--queries", matrix, "--top-k", "1", "--json"])
        let best = try result.output.split(separator: "\n").map { try JSONValue(parsing: String($0)).asArray?[0] }
        #expect(best.compactMap { $0?.asObject?["corpus_id"]?.asInt } == [0, 1, 2])
        let small = folder.url.appending(path: "small.npy").path
        let ranges = folder.url.appending(path: "ranges.json").path
        let quantized = try Command.run(
            ["quantize", "--input", matrix, "--precision", "int8", "--save-ranges", ranges, "--output", small])
        #expect(quantized.status == 0, "\(quantized.error)")
        #expect(try String(contentsOfFile: ranges, encoding: .utf8).contains("\"normalized\":false"))
        #expect(try Data(contentsOf: URL(filePath: small)).count < Data(contentsOf: URL(filePath: matrix)).count)
        let report = try Command.run(["quantize", "--input", matrix, "--report", "--json", "--top-k", "2"])
        let rows = try #require(try JSONValue(parsing: report.output).asArray)
        let whole = try #require(rows[0].asObject)
        #expect(rows.count == 9 && whole["recall@2"]?.asDouble == 1 && whole["precision"] == "float32")
    }

    @Test(
        "What makes no sense is said at once",
        arguments: [
            (["--query", "a", "--filter", "colour=red"], 1, "has the field \"colour\""),
            (["--query", "a", "--filter", "colour"], 64, "expected FIELD=VALUE"),
            (["--query", "a", "--hybrid"], 64, "--hybrid needs a --model"),
            ([], 64, "give the queries"),
            (["--query", "a", "--queries", "b"], 64, "give the queries"),
            (["--queries", "b.npy"], 64, "the corpus must then be embeddings too"),
        ])
    func refusals(arguments: [String], status: Int32, message: String) throws {
        let result = try Command.run(["search", "--corpus", corpus] + arguments)
        #expect(result.status == status && result.error.contains(message), "\(result.error)")
    }

    @Test("An empty corpus, and embeddings of another size, are failures")
    func failures() throws {
        let empty = try folder.write("", to: "empty.jsonl").path
        let result = try Command.run(["search", "--corpus", empty, "--query", "a"])
        #expect(result.status == 1 && result.error.contains("holds no texts to search in"), "\(result.error)")
        _ = try search(["--model", Self.model, "--query", "girl"])
        let matrix = corpus + ".embeddings.npy", half = folder.url.appending(path: "half.npy").path
        #expect(
            try Command.run(["quantize", "--input", matrix, "--truncate-dim", "3", "--output", half]).status == 0)
        let other = try Command.run(["search", "--corpus", matrix, "--queries", half])
        #expect(other.status == 1 && other.error.contains("dimensions"), "\(other.error)")
    }
}
