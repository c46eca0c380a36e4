// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTokenizers

/// Files beside the tests.
enum Fixtures {
    static let tokenizers = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/tokenizers")

    /// A small trained tokenizer of every kind.
    static let kinds = tokenizers.deletingLastPathComponent().appendingPathComponent("kinds")

    static let names = [
        "bare", "cased", "decoder_map", "every_flag", "mpnet", "uncased", "verbatim", "verbatim_bert", "vocab_only",
    ]

    static func folder(_ name: String) -> URL { tokenizers.appendingPathComponent(name) }

    static func decode<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: tokenizers.appendingPathComponent(path)))
    }

    /// One line of a file of cases.
    struct Case: Decodable {
        var text: String
        var pair: String?
        var max: Int?
        var strategy: String?
        var direction: String?
        var special: Bool
        /// Missing where the reference fails.
        var ids: [Int32]?
        var types: [Int32]?
        var sequences: [Int]?
        var offsets: [[Int]]?
        var untruncated: Int?
        var decoded: String?
    }

    static func cases(_ path: String) throws -> [Case] {
        let data = try Data(contentsOf: tokenizers.appendingPathComponent(path))
        return try data.split(separator: 0x0A).map { try JSONDecoder().decode(Case.self, from: $0) }
    }

    static func truncation(_ max: Int?, _ strategy: String?, _ direction: String?) -> Truncation? {
        guard let max, let strategy, let direction else { return nil }
        let strategies: [String: Truncation.Strategy] = [
            "longest_first": .longestFirst, "only_first": .onlyFirst, "only_second": .onlySecond,
        ]
        return Truncation(
            maxLength: max, strategy: strategies[strategy] ?? .longestFirst,
            direction: direction == "left" ? .left : .right)
    }

    /// An empty folder that `body` may fill, removed afterwards.
    static func withTemporaryFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
