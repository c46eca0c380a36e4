// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTokenizers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Splits texts at white space into whole words, which are looked up unchanged, then without surrounding punctuation,
/// then in lower case.
package struct WhitespaceTokenizer: Sendable {
    static let typeName = "sentence_transformers.sentence_transformer.modules.tokenizer.whitespace.WhitespaceTokenizer"
    private static let file = "whitespacetokenizer_config.json"
    private static let punctuation = Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".unicodeScalars)

    /// The words, whose indices are their ids.
    let vocabulary: [String]
    private let ids: [ExactString: Int32]
    private let stopWords: Set<ExactString>
    private let lowercases: Bool

    init(vocabulary: [String], stopWords: Set<ExactString> = [], lowercases: Bool = false) {
        self.vocabulary = vocabulary
        self.stopWords = stopWords
        self.lowercases = lowercases
        // Of equal words the last one is used, as in the reference.
        ids = Dictionary(vocabulary.indices.map { (ExactString(vocabulary[$0]), Int32($0)) }, uniquingKeysWith: { $1 })
    }

    init(folder: ModuleFolder) throws {
        let config = try folder.config(Self.file, known: .whitespaceTokenizer)
        self.init(
            vocabulary: try config.strings("vocab"),
            stopWords: Set(exact: try config.contains("stop_words") ? config.strings("stop_words") : []),
            lowercases: try config.bool("do_lower_case", default: false))
    }

    func save(to folder: URL) throws {
        try JSONValue.object([
            "vocab": .array(vocabulary.map(JSONValue.string)),
            "stop_words": .array(stopWords.sortedStrings.map(JSONValue.string)), "do_lower_case": .bool(lowercases),
        ]).write(to: folder.appending(path: Self.file))
    }

    /// The ids of the words in the vocabulary; other words are skipped.
    func ids(of text: String) -> [Int32] {
        let text = lowercases ? text.pythonLowercased : text
        return text.unicodeScalars.split(whereSeparator: \.isPythonSpace).compactMap { id(of: String($0)) }
    }

    private func id(of word: String) -> Int32? {
        if stopWords.contains(word) { return nil }
        if let id = ids[word] { return id }
        let scalars = word.unicodeScalars
        let bare = String(
            String.UnicodeScalarView(
                scalars.drop { Self.punctuation.contains($0) }.reversed().drop { Self.punctuation.contains($0) }
                    .reversed()))
        if stopWords.contains(bare) { return nil }
        if !bare.isEmpty, let id = ids[bare] { return id }
        let lower = bare.pythonLowercased
        return stopWords.contains(lower) ? nil : ids[lower]
    }

    /// Tokenises texts, truncating them at the end.
    func tokenize(_ inputs: [TokenizerInput], maximumLength: Int?) throws -> TokenBatch {
        var batch = TokenBatch()
        for input in inputs {
            guard input.pair == nil else {
                throw SentenceTransformersError(
                    .invalidArgument, "a model that reads whole words takes no pairs of texts")
            }
            let all = ids(of: input.text)
            let kept = all.prefix(maximumLength ?? .max)
            batch.ids += kept
            batch.typeIDs += [Int32](repeating: 0, count: kept.count)
            batch.offsets.append(Int32(batch.ids.count))
            batch.untruncatedCounts.append(Int32(all.count))
        }
        return batch
    }
}

extension Unicode.Scalar {
    /// White space by the definition of Python's `str.split`, which includes four control characters that separate
    /// records.
    fileprivate var isPythonSpace: Bool { properties.isWhitespace || (0x1c...0x1f).contains(value) }
}

extension String {
    /// Lower case by the rules of Python's `str.lower`, including the final form of sigma.
    fileprivate var pythonLowercased: String {
        let capitalSigma: Unicode.Scalar = "\u{3A3}"
        guard unicodeScalars.contains(capitalSigma) else { return lowercased() }
        let scalars = Array(unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            guard scalar == capitalSigma else {
                result += scalar.properties.lowercaseMapping
                continue
            }
            let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
            let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
            let endsWord = before?.properties.isCased == true && after?.properties.isCased != true
            result += endsWord ? "\u{3C2}" : "\u{3C3}"
        }
        return result
    }
}
