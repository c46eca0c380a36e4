// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The most likely split of a word into tokens, each of which has its own log-probability.
///
/// Kudo, "Subword Regularization", 2018: found by dynamic programming (Viterbi).
struct Unigram: Model {
    /// The longest token in bytes; all tokens that begin at a position are visited, so this limits the work.
    private static let longestToken = 512

    let vocabulary: Vocabulary
    private let scores: [Double]
    private let trie: PrefixTrie
    private let unknownID: Int32?
    private let unknownScore: Double
    /// The tokens of bytes, if unknown characters become these.
    private let byteTokens: [Int32]?
    private let longest: Int
    let count: Int

    var unknownTextID: Int32? { unknownID }

    init(
        vocabulary: Vocabulary, scores: [Double], unknownID: Int?, fallsBackToBytes: Bool
    ) throws(TokenizerError) {
        if let unknownID, unknownID < 0 || unknownID >= scores.count {
            throw TokenizerError(
                .inconsistentTokenizer,
                "model.unk_id is \(unknownID), but the vocabulary has \(scores.count) tokens; correct the id")
        }
        guard vocabulary.bytes.count < PrefixTrie.byteLimit else {
            throw TokenizerError(
                .malformedFile,
                "model.vocab has \(vocabulary.bytes.count) bytes of tokens; a Unigram model may have at most "
                    + "\(PrefixTrie.byteLimit)")
        }
        var longest = 0
        for entry in 0..<vocabulary.ids.count { longest = max(longest, vocabulary.span(of: entry).length) }
        guard longest <= Self.longestToken else {
            throw TokenizerError(
                .malformedFile,
                "model.vocab has a token of \(longest) bytes; a Unigram model may have tokens of \(Self.longestToken)")
        }
        self.vocabulary = vocabulary
        self.scores = scores
        self.unknownID = unknownID.map(Int32.init)
        count = scores.count
        unknownScore = (scores.min() ?? .infinity) - 10
        trie = PrefixTrie(vocabulary)
        self.longest = longest
        let tokens = fallsBackToBytes ? (0..<256).map { vocabulary.id(of: ByteToken.spelling($0)) ?? -1 } : nil
        byteTokens = tokens
    }

    func tokenize(_ text: borrowing PreTokenizedText, into tokens: inout TokenRun, _ memory: inout ModelMemory) {
        let bytes = UnsafePointer(text.text.bytes.base)
        for index in 0..<text.words.count {
            let word = text.words[index].range
            let isShort = word.count <= WordCache.longestWord
            let hash = isShort ? WordCache.hash(bytes + word.lowerBound, word.count) : 0
            if isShort, memory.cache.find(bytes, word, hash, into: &tokens) { continue }
            guard memory.lattice.fill(bytes, word, trie, scores, unknownScore, unknownID) else {
                if tokens.failure == nil {
                    tokens.failure = TokenizerError(
                        .inconsistentTokenizer,
                        "a text has characters that are not in the vocabulary, and the Unigram model has no unk_id; "
                            + "set it")
                }
                return
            }
            let isPlain = append(bytes, word, &tokens, &memory)
            if isShort, isPlain { memory.cache.insert(bytes, word, hash, memory.symbols) }
        }
    }

    /// Appends the best path through the lattice; false if it contains byte tokens, which the cache cannot hold.
    private func append(
        _ bytes: UnsafePointer<UInt8>, _ word: Range<Int>, _ tokens: inout TokenRun, _ memory: inout ModelMemory
    ) -> Bool {
        memory.symbols.removeAll()
        let count = memory.lattice.trace(unknownID)
        var isPlain = true
        for index in 0..<count {
            let range = memory.lattice.range(count - 1 - index)
            var id = memory.lattice.id(count - 1 - index)
            let piece = word.lowerBound + range.lowerBound..<word.lowerBound + range.upperBound
            if id == unknownID {
                let run = UnsafeBufferPointer(start: bytes + piece.lowerBound, count: piece.count)
                if piece.count <= longest, let known = vocabulary.id(ofUTF8: run) {
                    // Consecutive unknown characters can spell a token.
                    id = known
                } else if let byteTokens, run.allSatisfy({ byteTokens[Int($0)] >= 0 }) {
                    for byte in run { tokens.append(byteTokens[Int(byte)], piece) }
                    isPlain = false
                    continue
                }
            }
            tokens.append(id, piece)
            memory.symbols.append(id, piece.count)
        }
        return isPlain
    }
}
