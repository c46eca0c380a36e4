// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// What all pictures need of SVG.
package enum SVG {
    /// A number with at most two decimals.
    package static func number(_ number: Double) -> String {
        let rounded = (number * 100).rounded() / 100
        return Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
    }

    /// A text on one line, as the content of an element or the value of an attribute.
    package static func escaped(_ text: String) -> String {
        text.onOneLine.unicodeScalars.reduce(into: "") { escaped, scalar in
            // XML has no way to write the last two.
            let isNone = scalar == "\u{FFFE}" || scalar == "\u{FFFF}"
            escaped +=
                "&<>\"".unicodeScalars.contains(scalar) ? "&#\(scalar.value);" : isNone ? "\u{FFFD}" : String(scalar)
        }
    }

    /// The beginning of a text, with an ellipsis where it goes on.
    package static func shortened(_ text: String, to limit: Int) -> String {
        text.count > limit ? text.prefix(limit - 1) + "…" : text
    }

    /// A picture of the given size.
    package static func picture(_ title: String, width: Double, height: Double, _ content: String) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
        width="\(number(width))" height="\(number(height))" font-family="sans-serif" font-size="11" fill="#444">
        <title>\(escaped(title))</title>
        <rect width="100%" height="100%" fill="#fff"/>
        \(content)</svg>

        """
    }
}
