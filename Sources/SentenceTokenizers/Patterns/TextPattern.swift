// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Something to search for in a text: a fixed string or a regular expression.
protocol TextPattern: Sendable {
    /// Calls `body` with the matches inside `range`, in order and without overlap.
    ///
    /// Returns an error if matching takes too many steps.
    func forEachMatch(
        _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
    ) -> TokenizerError?
}

/// A pattern as in `tokenizer.json`: `{"String": …}` or `{"Regex": …}`.
struct PatternFile: Decodable, Sendable {
    var String: String?
    var Regex: String?

    /// The pattern itself.
    func pattern() throws(TokenizerError) -> any TextPattern {
        if let string = String { return FixedString(string) }
        guard let regex = Regex else {
            throw TokenizerError(.malformedFile, "a pattern has neither \"String\" nor \"Regex\"")
        }
        if let scanner = WordScanner(pattern: regex) { return scanner }
        return try RegularExpression(regex)
    }
}

/// A string that matches itself; the empty string matches nothing.
struct FixedString: TextPattern {
    let bytes: [UInt8]

    init(_ string: String) {
        bytes = Array(string.utf8)
    }

    @discardableResult
    func forEachMatch(
        _ text: UnsafePointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
    ) -> TokenizerError? {
        guard let first = bytes.first else { return nil }
        bytes.withUnsafeBufferPointer { pattern in
            guard let base = pattern.baseAddress else { return }
            var index = range.lowerBound
            while index + pattern.count <= range.upperBound {
                if text[index] == first, TokenTable.equal(text + index, base, pattern.count) {
                    body(index..<index + pattern.count)
                    index += pattern.count
                } else {
                    index += 1
                }
            }
        }
        return nil
    }
}
