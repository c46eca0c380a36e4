// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The bytes of all files of a tokenizer, kept so that saving writes what was loaded.
struct TokenizerFiles: Sendable {
    /// The files that make up a tokenizer; `config.json` belongs to the model and is only read.
    static let names =
        [
            "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt",
            "vocab.json",
            "merges.txt", Tokenizer.chatTemplateFile,
        ] + sentencePieceNames

    /// Names of SentencePiece model files.
    static let sentencePieceNames = [
        "sentencepiece.bpe.model", "spiece.model", "tokenizer.model", "spm.model", "sentencepiece.model",
    ]

    /// The files needed in addition to any vocabulary file except `tokenizer.json`.
    static let besides = ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"]

    /// File contents by name.
    var contents: [String: Data] = [:]
    /// The model's `config.json`.
    var modelConfiguration: Data?
    /// Settings that override `tokenizer_config.json`; they come from a file of the module, not from these files.
    let settings: JSONObject

    /// Files that are in memory.
    init(contents: [String: Data]) {
        self.contents = contents
        settings = [:]
    }

    init(directory: URL, settings: JSONObject = [:]) throws {
        self.settings = settings
        for name in Self.names { contents[name] = try Self.read(name, directory) }
        modelConfiguration = try Self.read("config.json", directory)
        let main = ["tokenizer.json", "vocab.txt", "vocab.json"] + Self.sentencePieceNames
        guard main.contains(where: { contents[$0] != nil }) else {
            throw TokenizerError(
                .unreadableFile,
                "there is no tokenizer in \(directory.path): expected tokenizer.json, vocab.txt, vocab.json or a "
                    + "SentencePiece model; check the folder")
        }
    }

    private static func read(_ name: String, _ directory: URL) throws -> Data? {
        let url = directory.appendingPathComponent(name)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw TokenizerError(.unreadableFile, "cannot be read: \(error.causeDescription)", file: name)
        }
        // A list of words may begin with a byte order mark, which then belongs to the first word.
        if let misplaced = data.withUnsafeBytes(MisplacedContent.init),
            misplaced != .byteOrderMark || name.hasSuffix(".json")
        {
            throw TokenizerError(.malformedFile, misplaced.message, file: name)
        }
        return data
    }

    /// Decodes JSON, with errors that name file and position; `settings` override members of the object.
    static func decode<Value: Decodable>(
        _ type: Value.Type, _ data: Data, _ name: String, settings: JSONObject = [:]
    ) throws -> Value {
        do {
            let value = try data.withUnsafeBytes { try JSONValue(parsing: $0) }
            guard !settings.isEmpty, let members = value.asObject else { return try value.decode(type) }
            return try JSONValue.object(members.merging(settings) { $1 }).decode(type)
        } catch let error as CheckpointError {
            throw TokenizerError(.malformedFile, error.message, file: name)
        } catch let error as TokenizerError {
            throw TokenizerError(error.code, error.message, file: name)
        } catch let error as DecodingError {
            throw TokenizerError(.malformedFile, Self.describe(error), file: name)
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func path(_ keys: [any CodingKey]) -> String {
            let path = keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
            return path.isEmpty ? "the top level" : path
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "\(path(context.codingPath)) has no \"\(key.stringValue)\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            // The description is in terms of JSON: `expected a number, found "long"`.
            return "\(path(context.codingPath)) cannot be used: \(context.debugDescription)"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            return "not valid JSON"
        // Swift's message for a string that is not a case of an enumeration is about Swift types.
        case .dataCorrupted(let context) where context.debugDescription.hasPrefix("Cannot initialize"):
            return "\(path(context.codingPath)) has a value that it cannot have"
        case .dataCorrupted(let context):
            return "\(path(context.codingPath)) has a value that cannot be used: \(context.debugDescription)"
        @unknown default:
            return "is malformed"
        }
    }
}

extension Data {
    /// Whether a `tokenizer.json` mentions a byte-level component.
    var hasByteLevel: Bool {
        withUnsafeBytes { raw in
            let buffer = raw.assumingMemoryBound(to: UInt8.self)
            guard let base = buffer.baseAddress else { return false }
            var found = false
            FixedString("\"ByteLevel\"").forEachMatch(base, 0..<buffer.count) { _ in found = true }
            return found
        }
    }
}
