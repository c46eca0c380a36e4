// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// WordPiece: from left to right, always the longest token in the vocabulary; tokens within a word have a prefix.
///
/// Schuster and Nakajima, "Japanese and Korean Voice Search", 2012; in BERT's form. A word that cannot be split this
/// way, or that has too many characters, is one unknown token.
struct WordPiece: Model {
    let vocabulary: Vocabulary
    let unknownID: Int32
    let maxCharactersPerWord: Int
    private let prefixLength: Int
    /// The entries that begin with the prefix, by the rest of their spelling.
    private let continuing: TokenTable
    private let longest: Int
    /// Words may be longer than `longestWord`, or tokens longer than `longestToken`, but not both.
    private static let longestWord = 1000
    private static let longestToken = 512

    init(
        vocabulary: Vocabulary, unknownToken: String = "[UNK]", prefix: String = "##", maxCharactersPerWord: Int = 100
    ) throws(TokenizerError) {
        guard let unknownID = vocabulary.id(of: unknownToken) else {
            throw TokenizerError(
                .inconsistentTokenizer,
                "the unknown token \"\(unknownToken)\" of the WordPiece model is not in the vocabulary; add it there")
        }
        self.vocabulary = vocabulary
        self.unknownID = unknownID
        self.maxCharactersPerWord = maxCharactersPerWord
        let prefix = Array(prefix.utf8)
        prefixLength = prefix.count
        var table = TokenTable(entries: vocabulary.ids.count)
        var longest = 0
        vocabulary.bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for entry in 0..<vocabulary.ids.count {
                let (start, length) = vocabulary.span(of: entry)
                longest = max(longest, length)
                guard length >= prefix.count, buffer[start..<start + prefix.count].elementsEqual(prefix) else {
                    continue
                }
                let rest = length - prefix.count
                table.insert(entry, TokenTable.hash(base + start + prefix.count, rest)) { other in
                    let (otherStart, otherLength) = vocabulary.span(of: other)
                    return otherLength == length && TokenTable.equal(base + otherStart, base + start, length)
                }
            }
        }
        // Together they limit the work for a word: at each position all lengths of tokens are tried.
        guard maxCharactersPerWord <= Self.longestWord || longest <= Self.longestToken else {
            throw TokenizerError(
                .malformedFile,
                "a WordPiece model with a token of \(longest) bytes may have a max_input_chars_per_word of "
                    + "\(Self.longestWord) at most, not \(maxCharactersPerWord)")
        }
        continuing = table
        self.longest = longest
    }

    func tokenize(_ text: borrowing PreTokenizedText, into tokens: inout TokenRun, _ memory: inout ModelMemory) {
        let bytes = UnsafePointer(text.text.bytes.base)
        for index in 0..<text.words.count { tokenize(bytes, text.words[index], into: &tokens) }
    }

    private func tokenize(_ bytes: UnsafePointer<UInt8>, _ word: WordRange, into tokens: inout TokenRun) {
        let range = word.range
        if range.count > maxCharactersPerWord, UTF8Scalars.count(bytes, range) > maxCharactersPerWord {
            tokens.append(unknownID, range)
            return
        }
        let before = tokens.count
        var start = range.lowerBound
        var isFirst = true
        while start < range.upperBound {
            let limit = min(range.count - (start - range.lowerBound), longest)
            guard let match = longestMatch(bytes + start, limit, isFirst) else {
                tokens.truncate(to: before)
                tokens.append(unknownID, range)
                return
            }
            tokens.append(vocabulary.ids[match.entry], start..<start + match.length)
            start += match.length
            isFirst = false
        }
    }

    /// The longest token that is a prefix of `text`, of at least one and at most `limit` bytes.
    private func longestMatch(
        _ text: UnsafePointer<UInt8>, _ limit: Int, _ isFirst: Bool
    ) -> (entry: Int, length: Int)? {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: limit + 1) { hashes in
            var state = TokenTable.seed
            for index in 0..<limit {
                state = TokenTable.step(state, text[index])
                hashes[index + 1] = state
            }
            let skipped = isFirst ? 0 : prefixLength
            return vocabulary.bytes.withUnsafeBufferPointer { all in
                vocabulary.starts.withUnsafeBufferPointer { starts in
                    (isFirst ? vocabulary.table : continuing).slots.withUnsafeBufferPointer { slots in
                        guard let base = all.baseAddress else { return nil }
                        var length = limit
                        while length > 0 {
                            let found = TokenTable.find(slots, hashes[length]) { entry in
                                let start = Int(starts[entry]) + skipped
                                return Int(starts[entry + 1]) - start == length
                                    && TokenTable.equal(base + start, text, length)
                            }
                            if let found { return (found, length) }
                            length -= 1
                        }
                        return nil
                    }
                }
            }
        }
    }
}
