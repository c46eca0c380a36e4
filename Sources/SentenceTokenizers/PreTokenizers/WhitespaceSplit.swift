// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Splits at white space.
struct WhitespaceSplit: PreTokenizer {
    static let kind = "WhitespaceSplit"

    private let splitter = RoleSplitter { $0.isWhitespace ? .separator : .joined }

    init(from decoder: any Decoder) throws {}

    func split(_ bytes: UnsafePointer<UInt8>, _ piece: WordRange, into words: inout GrowingBuffer<WordRange>) {
        splitter.split(bytes, piece, into: &words)
    }
}
