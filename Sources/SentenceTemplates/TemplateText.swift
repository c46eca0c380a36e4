// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Texts as in Python: sequences of scalars, which Swift would combine into characters.

extension String {
    /// Where a non-empty text occurs in this one, searching from a byte offset on.
    private func position(ofBytes part: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard part.count <= bytes.count - start else { return nil }
        return (start...bytes.count - part.count).first { bytes[$0] == part[0] && bytes[$0...].starts(with: part) }
    }

    func contains(bytesOf part: String) -> Bool {
        part.utf8.isEmpty || position(ofBytes: Array(part.utf8), in: Array(utf8), from: 0) != nil
    }

    /// The parts between separators, splitting at most `limit` times.
    func split(byBytesOf separator: String, limit: Int = .max) -> [String] {
        let (bytes, part) = (Array(utf8), Array(separator.utf8))
        var parts: [String] = []
        var start = 0
        while parts.count < limit, let found = position(ofBytes: part, in: bytes, from: start) {
            parts.append(String(decoding: bytes[start..<found], as: UTF8.self))
            start = found + part.count
        }
        return parts + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    /// The words separated by white space.
    func splitWords() -> [String] {
        unicodeScalars.split(whereSeparator: \.isSpace).map { String(String.UnicodeScalarView($0)) }
    }

    /// The text with white space, or the scalars of another text, removed from its ends.
    func stripped(of scalars: String? = nil, atStart: Bool = true, atEnd: Bool = true) -> String {
        let removed = scalars.map { Set($0.unicodeScalars) }
        func isRemoved(_ scalar: Unicode.Scalar) -> Bool { removed?.contains(scalar) ?? scalar.isSpace }
        var rest = unicodeScalars[...]
        if atStart { rest = rest.drop(while: isRemoved) }
        while atEnd, let last = rest.last, isRemoved(last) { rest.removeLast() }
        return String(String.UnicodeScalarView(rest))
    }

    /// The text with its first scalar in upper case and the rest in lower case.
    func capitalizedOnce() -> String {
        guard let first = unicodeScalars.first else { return self }
        return first.properties.titlecaseMapping
            + String(String.UnicodeScalarView(unicodeScalars.dropFirst())).lowercased()
    }

    /// The text with every word capitalised; words begin after white space and any of `-`, `(`, `{`, `[` and `<`.
    func titled() -> String {
        var result = ""
        var word = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            guard scalar.isSpace || "-({[<".unicodeScalars.contains(scalar) else {
                word.append(scalar)
                continue
            }
            result += String(word).capitalizedOnce() + String(scalar)
            word = .init()
        }
        return result + String(word).capitalizedOnce()
    }
}
