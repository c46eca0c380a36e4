// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// Texts of Markdown with texts of users in them.
enum Markdown {
    /// The longest text that is shown of a row.
    private static let limit = 300
    /// What could begin something else than a text, in Markdown, in a table or in HTML.
    private static let special = Set("&<>|\\`*_[]~$#^@!".unicodeScalars)

    /// A text on one line of which no character means anything; long ones are cut.
    static func escaped(_ text: String) -> String {
        let cut = text.unicodeScalars.count > limit ? String(text.unicodeScalars.prefix(limit)) + "…" : text
        let scalars = Array(cut.onOneLine.unicodeScalars)
        return scalars.indices.reduce(into: "") { escaped, index in
            let scalar = scalars[index]
            // Names have underscores inside of words, where they mean nothing.
            let isInside =
                scalar == "_" && index > 0 && index + 1 < scalars.count && scalars[index - 1].isWord
                && scalars[index + 1].isWord
            escaped += special.contains(scalar) && !isInside ? "&#\(scalar.value);" : String(scalar)
        }
    }

    /// The text as code, on one line.
    static func code(_ text: String) -> String { "<code>\(escaped(text))</code>" }

    /// A table of cells that are Markdown already.
    static func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    /// A block of code with nothing of it that would end the block.
    static func block(_ code: String, _ language: String = "") -> String {
        let ticks = code.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, ticks + 1))
        return "\(fence)\(language)\n\(code)\n\(fence)\n"
    }

    /// A number with 4 digits after the point; fewer where it is large, and 3 digits in all where it is small.
    static func number(_ number: Double) -> String {
        guard number.isFinite else { return "\(number)" }
        let size = abs(number)
        guard size > 0, size < 1e-3 else { return rounded(number, to: size >= 100 ? 100 : 10_000) }
        var mantissa = number, exponent = 0
        while abs(mantissa) < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        return "\(rounded(mantissa, to: 100))e\(exponent)"
    }

    private static func rounded(_ number: Double, to scale: Double) -> String {
        let rounded = (number * scale).rounded() / scale
        return Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
    }
}

extension Unicode.Scalar {
    fileprivate var isWord: Bool { properties.isAlphabetic || properties.numericType != nil }
}
