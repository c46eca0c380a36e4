// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A word: a range of bytes of a text.
struct WordRange: BitwiseCopyable {
    var start: Int32
    var end: Int32

    var range: Range<Int> { Int(start)..<Int(end) }
}

/// A text that pre-tokenizers split into words.
///
/// No token extends beyond the end of a word. Words are not empty and are in the order of the text.
struct PreTokenizedText: ~Copyable {
    /// The text that the words are ranges of.
    var text: NormalizedText
    private(set) var words = GrowingBuffer<WordRange>(capacity: 512)
    private var newText: NormalizedText
    private var newWords = GrowingBuffer<WordRange>(capacity: 512)

    init(keepsSources: Bool) {
        text = NormalizedText(keepsSources: keepsSources)
        newText = NormalizedText(keepsSources: keepsSources)
    }

    /// Makes the whole text a single word.
    mutating func join() {
        words.removeAll()
        if text.count > 0 { words.append(WordRange(start: 0, end: Int32(text.count))) }
    }

    /// Replaces each word by the words that `body` appends for it, none of which may be empty.
    mutating func split(_ body: (UnsafePointer<UInt8>, WordRange, inout GrowingBuffer<WordRange>) -> Void) {
        newWords.removeAll()
        let bytes = UnsafePointer(text.bytes.base)
        for index in 0..<words.count { body(bytes, words[index], &newWords) }
        swap(&words, &newWords)
    }

    /// Rewrites the text word by word: `body` appends to the new text what replaces a word.
    ///
    /// It may append at most two bytes for each byte of the word, or more if `NormalizedText` checks the limit.
    mutating func rewrite(_ body: (borrowing NormalizedText, Range<Int>, inout NormalizedText) -> Void) {
        guard text.canGrow(by: 2) else { return }
        newText.clear(reserving: text.count + words.count * 4, origin: text.origin, sizeLimit: text.sizeLimit)
        newWords.removeAll()
        for index in 0..<words.count {
            let start = newText.count
            body(text, words[index].range, &newText)
            if newText.count > start {
                newWords.append(WordRange(start: Int32(start), end: Int32(newText.count)))
            }
        }
        if let failure = text.failure { newText.fail(failure) }
        if newText.count >= text.sizeLimit { newText.failAsTooLong() }
        newText.pad()
        swap(&text, &newText)
        swap(&words, &newWords)
    }
}
