// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Splits into runs of word characters and runs of other characters except white space: `\w+|[^\w\s]+`.
struct Whitespace: PreTokenizer {
    private let splitter = RoleSplitter { properties in
        properties.isWord ? .joined : properties.isWhitespace ? .separator : .otherJoined
    }

    func apply(to text: inout PreTokenizedText) {
        splitter.apply(to: &text)
    }
}
