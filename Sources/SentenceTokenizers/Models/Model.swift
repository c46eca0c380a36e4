// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Turns words into tokens.
protocol Model: Sendable {
    /// The vocabulary, without added tokens.
    var vocabulary: Vocabulary { get }

    /// The number of tokens that the reference counts.
    var count: Int { get }

    /// The id of unknown tokens that stand for their text, instead of for the unknown token.
    var unknownTextID: Int32? { get }

    /// Appends the tokens of all words of the text.
    func tokenize(_ text: borrowing PreTokenizedText, into tokens: inout TokenRun, _ memory: inout ModelMemory)
}

extension Model {
    var count: Int { vocabulary.count }
    var unknownTextID: Int32? { nil }
}

/// Memory that models use again for every text.
struct ModelMemory: ~Copyable {
    var cache = WordCache()
    var symbols = SymbolList()
    var lattice = Lattice()
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
    /// White space that added tokens have taken along or have themselves, in characters, by index.
    var spaces: [Int: (leading: Int, trailing: Int)] = [:]
    /// What a model could not do; the first such thing.
    var failure: TokenizerError?

    init(keepsSources: Bool) {
        self.keepsSources = keepsSources
    }

    var count: Int { ids.count }

    mutating func removeAll() {
        truncate(to: 0)
        spaces.removeAll()
        failure = nil
    }

    mutating func append(_ id: Int32, _ range: Range<Int>) {
        ids.append(id)
        if keepsSources {
            starts.append(Int32(truncatingIfNeeded: range.lowerBound))
            ends.append(Int32(truncatingIfNeeded: range.upperBound))
        }
    }

    /// Keeps the tokens before `count`.
    mutating func truncate(to count: Int) {
        ids.truncate(to: count)
        starts.truncate(to: count)
        ends.truncate(to: count)
    }
}
