// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Splits at white space and around every punctuation character.
struct BertPreTokenizer: PreTokenizer {
    private let splitter = RoleSplitter { properties in
        properties.isWhitespace ? .separator : properties.isPunctuation ? .alone : .joined
    }

    func apply(to text: inout PreTokenizedText) {
        splitter.apply(to: &text)
    }
}
