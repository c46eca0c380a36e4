// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Byte-pair encoding: neighbouring symbols merge in the order in which training found their pairs.
///
/// Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016. Dropout, which some
/// files set for training, is never applied.
struct BPE: Model {
    struct Options: Sendable {
        var unknownToken: String?
        /// Added before symbols that do not begin a word.
        var prefix = ""
        /// Added after the symbol that ends a word.
        var suffix = ""
        /// Whether consecutive unknown characters become a single token.
        var fusesUnknown = false
        /// Whether unknown characters become the tokens of their bytes, `<0x00>` to `<0xFF>`.
        var fallsBackToBytes = false
        /// Whether a word that is in the vocabulary becomes one token, whatever the merges say.
        var ignoresMerges = false
    }

    let vocabulary: Vocabulary
    private let options: Options
    private let table: MergeTable
    private let prefix: [UInt8]
    private let suffix: [UInt8]
    private let unknownID: Int32?
    /// The token of each byte, or −1.
    private let byteTokens: [Int32]
    /// The first symbol of each byte (or ASCII character), depending on its `Place` in the word; −1 if it has none.
    private let symbols: [Int32]
    /// Whether the text consists of bytes that the vocabulary spells as characters.
    private let readsBytes: Bool
    /// Whether no symbol can extend across the beginning of a run of SentencePiece's spaces.
    private let splitsAtSpaces: Bool

    private static let space: [UInt8] = [0xE2, 0x96, 0x81]

    init(vocabulary: Vocabulary, merges: MergeList, options: Options, readsBytes: Bool) throws(TokenizerError) {
        self.vocabulary = vocabulary
        self.options = options
        prefix = Array(options.prefix.utf8)
        suffix = Array(options.suffix.utf8)
        table = MergeTable(try merges.pairs(in: vocabulary, prefixLength: prefix.count))
        unknownID = options.unknownToken.flatMap(vocabulary.id)
        byteTokens = (0..<256).map { vocabulary.id(of: ByteToken.spelling($0)) ?? -1 }
        var symbols: [Int32] = []
        for place in 0..<4 {
            let isFirst = place & 1 == 0
            let isLast = place & 2 != 0
            for byte in 0..<256 {
                let character = readsBytes ? ByteCharacters.shared.characters[byte] : UInt32(byte)
                let spelling = Unicode.Scalar(character).map { String(Character($0)) } ?? ""
                let known = readsBytes || byte < 0x80
                let whole = (isFirst ? "" : options.prefix) + spelling + (isLast ? options.suffix : "")
                symbols.append(known ? vocabulary.id(of: whole) ?? -1 : -1)
            }
        }
        self.symbols = symbols
        self.readsBytes = readsBytes && !symbols.contains(-1)
        splitsAtSpaces =
            !readsBytes && prefix.isEmpty && suffix.isEmpty && vocabulary.id(of: "\u{2581}") != nil
            && !merges.hasPair(across: Self.space)
    }

    /// Whether the model reads bytes, which requires a symbol for each of them in its vocabulary.
    var isByteModel: Bool { readsBytes }

    func tokenize(_ text: borrowing PreTokenizedText, into tokens: inout TokenRun, _ memory: inout ModelMemory) {
        let bytes = UnsafePointer(text.text.bytes.base)
        for index in 0..<text.words.count {
            let word = text.words[index].range
            if !splitsAtSpaces {
                tokenize(bytes, word, into: &tokens, &memory)
                continue
            }
            if options.ignoresMerges, let id = wholeToken(bytes, word) {
                tokens.append(id, word)
                continue
            }
            var start = word.lowerBound
            var place = start + 1
            while place < word.upperBound {
                if bytes[place] == Self.space[0], isSpace(bytes, place, word.upperBound),
                    place - start < 3 || !isSpace(bytes, place - 3, place)
                {
                    tokenize(bytes, start..<place, into: &tokens, &memory)
                    start = place
                    place += 2
                }
                place += 1
            }
            tokenize(bytes, start..<word.upperBound, into: &tokens, &memory)
        }
    }

    private func isSpace(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ limit: Int) -> Bool {
        index + 3 <= limit && bytes[index] == Self.space[0] && bytes[index + 1] == Self.space[1]
            && bytes[index + 2] == Self.space[2]
    }

    private func tokenize(
        _ bytes: UnsafePointer<UInt8>, _ word: Range<Int>, into tokens: inout TokenRun, _ memory: inout ModelMemory
    ) {
        let isShort = word.count <= WordCache.longestWord
        let hash = isShort ? WordCache.hash(bytes + word.lowerBound, word.count) : 0
        if isShort, memory.cache.find(bytes, word, hash, into: &tokens) { return }
        if options.ignoresMerges, !splitsAtSpaces, let id = wholeToken(bytes, word) {
            memory.symbols.removeAll()
            memory.symbols.append(id, word.count)
        } else {
            split(bytes, word, &memory.symbols, &tokens)
            memory.symbols.merge(table)
        }
        var start = word.lowerBound
        for index in 0..<memory.symbols.count {
            let end = start + Int(memory.symbols.lengths[index])
            tokens.append(memory.symbols.ids[index], start..<end)
            start = end
        }
        if isShort, tokens.failure == nil { memory.cache.insert(bytes, word, hash, memory.symbols) }
    }

    private func wholeToken(_ bytes: UnsafePointer<UInt8>, _ word: Range<Int>) -> Int32? {
        let run = UnsafeBufferPointer(start: bytes + word.lowerBound, count: word.count)
        return readsBytes ? vocabulary.id(of: ByteCharacters.shared.spelling(run)) : vocabulary.id(ofUTF8: run)
    }

    /// Fills the list with the initial symbols of the word.
    private func split(
        _ bytes: UnsafePointer<UInt8>, _ word: Range<Int>, _ list: inout SymbolList, _ tokens: inout TokenRun
    ) {
        list.removeAll()
        var pending: (id: Int32, length: Int)?
        var index = word.lowerBound
        while index < word.upperBound {
            let length = readsBytes || bytes[index] < 0x80 ? 1 : UTF8Scalars.decode(bytes, index).count
            let end = index + length
            let place = (index == word.lowerBound ? 0 : 1) | (end == word.upperBound ? 2 : 0)
            let id: Int32
            if length == 1 {
                id = symbols[place << 8 | Int(bytes[index])]
            } else {
                id = symbol(UnsafeBufferPointer(start: bytes + index, count: length), place)
            }
            if id >= 0 {
                if let unknown = pending { list.append(unknown.id, unknown.length) }
                pending = nil
                list.append(id, length)
            } else if !appendBytes(UnsafeBufferPointer(start: bytes + index, count: length), place, &list),
                options.unknownToken != nil
            {
                guard let unknownID else {
                    if tokens.failure == nil { tokens.failure = missingUnknown }
                    return
                }
                if let unknown = pending, options.fusesUnknown {
                    pending = (unknown.id, unknown.length + length)
                } else {
                    if let unknown = pending { list.append(unknown.id, unknown.length) }
                    pending = (unknownID, length)
                }
            }
            index = end
        }
        if let unknown = pending { list.append(unknown.id, unknown.length) }
    }

    private var missingUnknown: TokenizerError {
        TokenizerError(
            .inconsistentTokenizer,
            "a text needs the unknown token \"\(options.unknownToken ?? "")\" of the BPE model, which is not in the "
                + "vocabulary; add it there")
    }

    private func symbol(_ character: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int32 {
        if prefix.isEmpty && suffix.isEmpty { return vocabulary.id(ofUTF8: character) ?? -1 }
        return spelling(character, place).withUnsafeBufferPointer { vocabulary.id(ofUTF8: $0) } ?? -1
    }

    private func spelling(_ character: UnsafeBufferPointer<UInt8>, _ place: Int) -> [UInt8] {
        (place & 1 == 0 ? [] : prefix) + character + (place & 2 == 0 ? [] : suffix)
    }

    /// Appends the tokens for the bytes of a character; false if any of them has none.
    private func appendBytes(_ character: UnsafeBufferPointer<UInt8>, _ place: Int, _ list: inout SymbolList) -> Bool {
        guard options.fallsBackToBytes else { return false }
        let spelled = spelling(character, place)
        guard spelled.allSatisfy({ byteTokens[Int($0)] >= 0 }) else { return false }
        for byte in spelled { list.append(byteTokens[Int(byte)], 1) }
        return true
    }
}
