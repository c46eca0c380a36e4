// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Splits at white space.
struct WhitespaceSplit: PreTokenizer {
    private let splitter = RoleSplitter { $0.isWhitespace ? .separator : .joined }

    func apply(to text: inout PreTokenizedText) {
        splitter.apply(to: &text)
    }
}
