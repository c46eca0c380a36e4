// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

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
    ) throws(TokenizerError) -> (contents: ModelContents, rest: Data) {
        var contents = ModelContents()
        var cuts: [Cut] = []
        var hasVocabulary = false
        var hasModel = false
        try withUTF8(data) { buffer throws(TokenizerError) in
            var scanner = JSONScanner(buffer)
            try scanner.forEachKey { key, scanner throws(TokenizerError) in
                if key.elementsEqual("model".utf8), !hasModel {
                    hasModel = true
                    hasVocabulary = try contents.readModel(&scanner, exactScores, &cuts)
                } else if key.elementsEqual("added_tokens".utf8), contents.addedTokens == nil {
                    let start = scanner.position
                    contents.addedTokens = TokenizerJSON.IdentifiedToken.read(buffer, at: start)
                    try scanner.skipValue()
                    if contents.addedTokens != nil { cuts.append(Cut(range: start..<scanner.position, text: "[]")) }
                } else {
                    try scanner.skipValue()
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
        _ scanner: inout JSONScanner, _ exactScores: Bool, _ cuts: inout [Cut]
    ) throws(TokenizerError) -> Bool {
        var hasVocabulary = false
        try scanner.forEachKey { key, scanner throws(TokenizerError) in
            let start = scanner.position
            switch String(decoding: key, as: UTF8.self) {
            case "vocab":
                hasVocabulary = true
                if scanner.isNext("[") {
                    try readScores(&scanner, exactScores)
                } else {
                    vocabulary = try Vocabulary.read(&scanner)
                }
            case "merges" where scanner.isNext("["):
                var merges = MergeList()
                try merges.read(&scanner)
                self.merges = merges
            default:
                try scanner.skipValue()
                return
            }
            cuts.append(Cut(range: start..<scanner.position, text: "{}"))
        }
        return hasVocabulary
    }

    /// Reads an old `vocab.json`.
    static func vocabulary(json data: Data) throws(TokenizerError) -> Vocabulary {
        var vocabulary = Vocabulary()
        try withUTF8(data) { buffer throws(TokenizerError) in
            var scanner = JSONScanner(buffer)
            vocabulary = try Vocabulary.read(&scanner)
        }
        return vocabulary
    }

    private static func withUTF8(
        _ data: Data, _ body: (UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        var failure: TokenizerError?
        data.withUnsafeBytes { raw in
            let buffer = raw.assumingMemoryBound(to: UInt8.self)
            guard UTF8Validation.isValid(buffer) else {
                failure = TokenizerError(.malformedFile, "is not valid UTF-8")
                return
            }
            do throws(TokenizerError) {
                try body(buffer)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Reads a list of `[token, score]`.
    private mutating func readScores(_ scanner: inout JSONScanner, _ isExact: Bool) throws(TokenizerError) {
        var bytes: [UInt8] = []
        var starts: [UInt32] = [0]
        var scores: [Double] = []
        bytes.reserveCapacity(1 << 18)
        try scanner.expect("[")
        if !scanner.consume("]") {
            repeat {
                try scanner.expect("[")
                try scanner.string(into: &bytes)
                try scanner.expect(",")
                scores.append(try scanner.number(isExact: isExact))
                try scanner.expect("]")
                starts.append(UInt32(truncatingIfNeeded: bytes.count))
                guard scores.count <= Vocabulary.idLimit else {
                    throw TokenizerError(
                        .malformedFile, "model.vocab has more than \(Vocabulary.idLimit) tokens, which is the limit")
                }
            } while scanner.consume(",")
            try scanner.expect("]")
        }
        vocabulary = Vocabulary(bytes: bytes, starts: starts, ids: scores.indices.map(Int32.init))
        self.scores = scores
    }
}

extension MergeList {
    /// Reads a list of `"left right"` or `["left", "right"]`.
    mutating func read(_ scanner: inout JSONScanner) throws(TokenizerError) {
        try scanner.expect("[")
        if scanner.consume("]") { return }
        repeat {
            if scanner.consume("[") {
                try append { bytes throws(TokenizerError) in try scanner.string(into: &bytes) }
                try scanner.expect(",")
                try append { bytes throws(TokenizerError) in try scanner.string(into: &bytes) }
                try scanner.expect("]")
            } else {
                try appendPair { bytes throws(TokenizerError) in try scanner.string(into: &bytes) }
            }
        } while scanner.consume(",")
        try scanner.expect("]")
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
            for side in sides { try merges.append { bytes throws(TokenizerError) in bytes.append(contentsOf: side) } }
        }
        return merges
    }
}
