// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The large parts of the model in a `tokenizer.json`, read without a general decoder.
struct ModelContents: Sendable {
    var vocabulary = Vocabulary()
    /// Log-probabilities by id, if the vocabulary is a list of tokens with their scores.
    var scores: [Double]?
    /// Nil if the file has none.
    var merges: MergeList?
    /// The file's `added_tokens`; nil if only the general decoder can read or reject them.
    var addedTokens: [TokenizerJSON.IdentifiedToken]?

    init() {}

    /// Reads `added_tokens`, `model.vocab` and `model.merges`; also returns the file without them.
    static func read(
        tokenizerJSON data: Data, exactScores: Bool
    ) throws -> (contents: ModelContents, rest: Data) {
        var contents = ModelContents()
        var cuts: [Cut] = []
        var hasVocabulary = false
        var hasModel = false
        try withCursor(data) { cursor in
            var object = JSONList.object
            while let key = try cursor.key(in: &object) {
                switch key {
                case "model" where !hasModel:
                    hasModel = true
                    hasVocabulary = try contents.readModel(&cursor, exactScores, &cuts)
                case "added_tokens" where contents.addedTokens == nil:
                    let start = cursor.position
                    contents.addedTokens = TokenizerJSON.IdentifiedToken.read(cursor.bytes, at: start)
                    try cursor.skipValue()
                    if contents.addedTokens != nil { cuts.append(Cut(range: start..<cursor.position, text: "[]")) }
                default:
                    try cursor.skipValue()
                }
            }
        }
        guard hasVocabulary else {
            throw TokenizerError(.malformedFile, "has no \"model\" with a \"vocab\"")
        }
        var rest = Data()
        var done = 0
        for cut in cuts {
            rest.append(data[data.startIndex + done..<data.startIndex + cut.range.lowerBound])
            rest.append(contentsOf: cut.text.utf8)
            done = cut.range.upperBound
        }
        rest.append(data[(data.startIndex + done)...])
        return (contents, rest)
    }

    /// A part of a file that has already been read, and what replaces it for the general decoder.
    private struct Cut {
        var range: Range<Int>
        var text: String
    }

    /// Reads the large parts of the object `model`; false if it has no vocabulary.
    private mutating func readModel(
        _ cursor: inout JSONCursor, _ exactScores: Bool, _ cuts: inout [Cut]
    ) throws -> Bool {
        var hasVocabulary = false
        var object = JSONList.object
        while let key = try cursor.key(in: &object) {
            let start = cursor.position
            switch key {
            case "vocab":
                hasVocabulary = true
                if cursor.isNext("[") {
                    try readScores(&cursor, exactScores)
                } else {
                    vocabulary = try Vocabulary.read(&cursor)
                }
            case "merges" where cursor.isNext("["):
                var merges = MergeList()
                try merges.read(&cursor)
                self.merges = merges
            default:
                try cursor.skipValue()
                continue
            }
            cuts.append(Cut(range: start..<cursor.position, text: "{}"))
        }
        return hasVocabulary
    }

    /// Reads an old `vocab.json`.
    static func vocabulary(json data: Data) throws -> Vocabulary {
        try withCursor(data) { try Vocabulary.read(&$0) }
    }

    private static func withCursor<Result>(
        _ data: Data, _ body: (inout JSONCursor) throws -> Result
    ) throws -> Result {
        try data.withUnsafeBytes { raw in
            let bytes = raw.assumingMemoryBound(to: UInt8.self)
            guard UTF8Validation.isValid(bytes) else { throw TokenizerError(.malformedFile, "is not valid UTF-8") }
            var cursor = JSONCursor(bytes)
            return try body(&cursor)
        }
    }

    /// Reads a list of `[token, score]`.
    private mutating func readScores(_ cursor: inout JSONCursor, _ isExact: Bool) throws {
        var bytes: [UInt8] = []
        var starts: [UInt32] = [0]
        var scores: [Double] = []
        bytes.reserveCapacity(1 << 18)
        var list = JSONList.array
        while try cursor.next(in: &list) {
            try cursor.expect("[")
            try cursor.string(into: &bytes)
            try cursor.expect(",")
            scores.append(try cursor.number(isExact: isExact))
            try cursor.expect("]")
            starts.append(UInt32(truncatingIfNeeded: bytes.count))
            guard scores.count <= Vocabulary.idLimit else {
                throw TokenizerError(
                    .malformedFile, "model.vocab has more than \(Vocabulary.idLimit) tokens, which is the limit")
            }
        }
        vocabulary = Vocabulary(bytes: bytes, starts: starts, ids: scores.indices.map(Int32.init))
        self.scores = scores
    }
}

extension MergeList {
    /// Reads a list of `"left right"` or `["left", "right"]`.
    mutating func read(_ cursor: inout JSONCursor) throws {
        var list = JSONList.array
        while try cursor.next(in: &list) {
            if cursor.consume("[") {
                try append { bytes in try cursor.string(into: &bytes) }
                try cursor.expect(",")
                try append { bytes in try cursor.string(into: &bytes) }
                try cursor.expect("]")
            } else {
                try appendPair { bytes in try cursor.string(into: &bytes) }
            }
        }
    }

    /// Reads a `merges.txt`: two tokens per line; lines that begin with # are ignored.
    static func read(mergesText data: Data) throws(TokenizerError) -> MergeList {
        guard String(validating: data, as: UTF8.self) != nil else {
            throw TokenizerError(.malformedFile, "is not valid UTF-8", file: "merges.txt")
        }
        var merges = MergeList()
        var number = 0
        for line in data.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let sides = line.split { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
            if sides.isEmpty || line.first == UInt8(ascii: "#") { continue }
            guard sides.count == 2 else {
                throw TokenizerError(
                    .malformedFile, "line \(number) has \(sides.count) tokens; expected two", file: "merges.txt")
            }
            for side in sides { merges.append { $0.append(contentsOf: side) } }
        }
        return merges
    }
}
