// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// The added tokens of a tokenizer, which split a text into pieces.
struct AddedVocabulary: Sendable {
    /// A piece of text: an added token, or text for the model.
    struct Piece {
        var range: Range<Int>
        var id: Int32?
    }

    /// The tokens by their ids.
    private(set) var tokens: [Int32: AddedToken] = [:]
    private(set) var ids: [ExactString: Int32] = [:]
    private(set) var greatestID: Int32 = -1
    /// Tokens searched for in the original text, and those searched for in the normalized one.
    private(set) var originalTrie = TokenTrie()
    private(set) var normalizedTrie = TokenTrie()
    /// What normalized tokens are decoded to, by id: their normalized form, as in the reference.
    private(set) var decodedForms: [Int32: String] = [:]
    /// Whether special tokens are not recognised in texts, but split like any other text.
    private let splitsSpecialTokens: Bool
    /// The tokens of the tries.
    private var matched: [(id: Int32, token: AddedToken)] = []

    init(splitsSpecialTokens: Bool) { self.splitsSpecialTokens = splitsSpecialTokens }

    /// Adds tokens as the reference does: the id that a file declares for a token is ignored.
    ///
    /// A token in the vocabulary keeps its id there, any other gets the next free one.
    mutating func add(_ added: [AddedToken], to model: any Model) throws(TokenizerError) {
        for token in added where !token.content.isEmpty {
            let id: Int32
            if let known = ids[token.content] ?? model.vocabulary.id(of: token.content) {
                id = known
            } else {
                let size = Int32(clamping: model.count)
                id = greatestID >= size || (size == 0 && !ids.isEmpty) ? greatestID + 1 : size
            }
            guard Int(id) < Vocabulary.idLimit else {
                throw TokenizerError(
                    .malformedFile,
                    "the added token \"\(token.content)\" would get the id \(id); ids must be below "
                        + "\(Vocabulary.idLimit)")
            }
            if let old = tokens[id], !old.content.isExactly(token.content) { ids[old.content] = nil }
            tokens[id] = token
            ids[token.content] = id
            greatestID = max(greatestID, id)
        }
    }

    /// Builds the tries; normalized tokens are searched for in their own normalized form.
    mutating func finish(_ normalizer: (any Normalizer)?) throws(TokenizerError) {
        originalTrie = TokenTrie()
        normalizedTrie = TokenTrie()
        matched = tokens.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for (index, (id, token)) in matched.enumerated() {
            if token.isNormalized {
                var content = token.content
                let normalized = content.withUTF8 { buffer -> [UInt8] in
                    guard let base = buffer.baseAddress else { return [] }
                    guard let normalizer else { return Array(buffer) }
                    var text = NormalizedText(keepsSources: false)
                    normalizer.normalize(base, 0..<buffer.count, into: &text)
                    return (0..<text.count).map { text.bytes[$0] }
                }
                try Self.insert(normalized, index, token, into: &normalizedTrie)
                decodedForms[id] = String(decoding: normalized, as: UTF8.self)
            } else {
                try Self.insert(Array(token.content.utf8), index, token, into: &originalTrie)
            }
        }
    }

    private static func insert(
        _ content: [UInt8], _ index: Int, _ token: AddedToken, into trie: inout TokenTrie
    ) throws(TokenizerError) {
        guard content.count <= TokenTrie.longestToken else {
            throw TokenizerError(
                .malformedFile,
                "the added token \"\(token.content.prefix(40))…\" has \(content.count) bytes; "
                    + "\(TokenTrie.longestToken) are the limit")
        }
        guard trie.insert(content, token: index) else {
            throw TokenizerError(
                .malformedFile, "the added tokens have more than \(PrefixTrie.byteLimit) bytes, which is the limit")
        }
    }

    /// Calls `body` with the pieces into which `trie` splits a text, in order.
    func split(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ trie: TokenTrie, _ body: (Piece) -> Void
    ) {
        var done = 0
        var search = 0
        while let (range, index) = trie.firstMatch(text, in: search..<count) {
            search = range.upperBound
            let (id, token) = matched[index]
            if token.isSingleWord, touchesWord(text, count, range) { continue }
            if splitsSpecialTokens, token.isSpecial { continue }
            var start = range.lowerBound
            var end = range.upperBound
            if token.stripsLeft {
                while start > done {
                    let (scalar, length) = UTF8Scalars.decodeLast(text, before: start)
                    guard ScalarProperties(scalar).isWhitespace else { break }
                    start -= length
                }
                start = max(start, done)
            }
            if token.stripsRight {
                while end < count {
                    let (scalar, length) = UTF8Scalars.decode(text, end)
                    guard ScalarProperties(scalar).isWhitespace else { break }
                    end += length
                }
            }
            if done < start { body(Piece(range: done..<start, id: nil)) }
            body(Piece(range: start..<end, id: id))
            done = end
        }
        if done < count { body(Piece(range: done..<count, id: nil)) }
    }

    private func touchesWord(_ text: UnsafePointer<UInt8>, _ count: Int, _ range: Range<Int>) -> Bool {
        if range.lowerBound > 0 {
            let before = UTF8Scalars.decodeLast(text, before: range.lowerBound).scalar
            if ScalarProperties(before).isWord { return true }
        }
        if range.upperBound < count {
            let after = UTF8Scalars.decode(text, range.upperBound).scalar
            if ScalarProperties(after).isWord { return true }
        }
        return false
    }
}
