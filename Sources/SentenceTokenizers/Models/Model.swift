// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Splits words into tokens.
protocol Model: Sendable {
    /// The vocabulary, without added tokens.
    var vocabulary: Vocabulary { get }

    /// The number of tokens, as the reference counts it.
    var count: Int { get }

    /// The id of unknown tokens that keep their own text in place of the unknown token's.
    var unknownTextID: Int32? { get }

    /// Appends the tokens of all words of the text.
    func tokenize(_ text: borrowing PreTokenizedText, into tokens: inout TokenRun, _ memory: inout ModelMemory)
}

extension Model {
    var count: Int { vocabulary.count }
    var unknownTextID: Int32? { nil }
}

/// Memory that models reuse for every text.
struct ModelMemory: ~Copyable {
    var cache = WordCache()
    var symbols = SymbolList()
    var lattice = Lattice()
}

/// The tokens of one text, before special tokens are added.
struct TokenRun: ~Copyable {
    var ids = GrowingBuffer<Int32>()
    /// Where each token begins: in the normalized text until the model is done, then in the original; or empty.
    var starts = GrowingBuffer<Int32>(capacity: 1)
    /// Where each token ends; like `starts`.
    var ends = GrowingBuffer<Int32>(capacity: 1)
    /// Whether `starts` and `ends` are kept.
    let keepsSources: Bool
    /// The number of white space characters at the ends of added tokens, by token index.
    var spaces: [Int: (leading: Int, trailing: Int)] = [:]
    /// The first error of a model.
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
