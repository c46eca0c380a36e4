// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Splits at white space and around every punctuation character.
struct BertPreTokenizer: PreTokenizer {
    static let kind = "BertPreTokenizer"

    private let splitter = RoleSplitter { properties in
        properties.isWhitespace ? .separator : properties.isPunctuation ? .alone : .joined
    }

    init() {}

    init(from decoder: any Decoder) throws {}

    func split(_ bytes: UnsafePointer<UInt8>, _ piece: WordRange, into words: inout GrowingBuffer<WordRange>) {
        splitter.split(bytes, piece, into: &words)
    }
}
