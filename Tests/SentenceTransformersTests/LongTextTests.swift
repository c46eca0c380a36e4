// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Texts of 8192 tokens")
struct LongTextTests {
    static let length = 8192
    static let models = ["gemma3", "jina_bert_v2", "lfm2", "modernbert", "nomic_bert"]

    /// The text of `Tests/Fixtures/generators/lengths.py`: words in the order of a linear congruential generator.
    static func text() throws -> String {
        let words = try ArchitectureFixture("modernbert").texts.joined(separator: " ")
            .split { $0 == " " || $0 == "\t" || $0 == "\n" }
        var state = 1
        return (0..<length).map { _ in
            state = (state * 1_103_515_245 + 12345) % (1 << 31)
            return words[(state >> 16) % words.count]
        }.joined(separator: " ")
    }

    private static func expected(_ name: String) throws -> [Float] {
        let recorded = try JSONDecoder().decode(
            [String: [Float]].self, from: Data(contentsOf: Fixture.url("lengths.json")))
        return try #require(recorded[name])
    }

    /// How far an embedding is from the reference's.
    static func difference(_ name: String) throws -> Double {
        // The same model with another limit.
        let temporary = try TemporaryFolder()
        let folder = temporary.url.appending(path: name)
        try FileManager.default.copyItem(at: ArchitectureFixture(name).folder, to: folder)
        try Data(#"{"max_seq_length": \#(length)}"#.utf8).write(to: folder.appending(path: "sentence_bert_config.json"))
        let model = try SentenceTransformer(directory: folder, computePrecision: .float32Highest)
        let found = try model.encode(text())
        let expected = try expected(name)
        guard found.count == expected.count else { return .infinity }
        return zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
    }

    @Test("Embeddings are the reference's", arguments: models)
    func embeddings(name: String) throws {
        #expect(try Self.difference(name) <= Tolerance.normalized)
    }

    @Test(
        "Prints the rows of Models.md",
        .enabled(if: ProcessInfo.processInfo.environment["SENTENCE_PRINT_MODELS"] != nil))
    func table() throws {
        for name in Self.models { print("| \(name) | \(String(format: "%.1e", try Self.difference(name))) |") }
    }
}
