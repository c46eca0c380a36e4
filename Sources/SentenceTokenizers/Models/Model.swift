// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Turns words into tokens.
protocol Model: Sendable {
    /// The vocabulary, without added tokens.
    var vocabulary: Vocabulary { get }

    /// Appends the tokens of all words.
    func tokenize(
        _ bytes: UnsafePointer<UInt8>, _ words: borrowing GrowingBuffer<WordRange>, into tokens: inout TokenRun)
}

/// Tokens of one text, before special tokens are put around them.
struct TokenRun: ~Copyable {
    var ids = GrowingBuffer<Int32>()
    /// Where each token begins: in the normalized text while a model writes, then in the original; or empty.
    var starts = GrowingBuffer<Int32>(capacity: 1)
    /// Where each token ends; like `starts`.
    var ends = GrowingBuffer<Int32>(capacity: 1)
    /// Whether starts and ends are kept.
    let keepsSources: Bool

    init(keepsSources: Bool) {
        self.keepsSources = keepsSources
    }

    var count: Int { ids.count }

    mutating func removeAll() {
        truncate(to: 0)
    }

    mutating func append(_ id: Int32, _ range: Range<Int>) {
        ids.append(id)
        if keepsSources {
            starts.append(Int32(range.lowerBound))
            ends.append(Int32(range.upperBound))
        }
    }

    /// Keeps the tokens before `count`.
    mutating func truncate(to count: Int) {
        ids.truncate(to: count)
        starts.truncate(to: count)
        ends.truncate(to: count)
    }
}
