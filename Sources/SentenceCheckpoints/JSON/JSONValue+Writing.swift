// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// How a document is laid out.
    package enum Layout: Sendable {
        /// One member a line, two spaces a level: Python's `indent=2`.
        case indented
        /// No white space at all.
        case compact
    }

    /// The value as JSON text with sorted keys, as Python's `json.dumps(sort_keys=True)` writes it.
    ///
    /// With `asciiOnly`, all other characters are written as escapes (Python's `ensure_ascii`).
    ///
    /// - Throws: ``CheckpointError`` with code `unsupported` for a number that JSON does not have.
    package func serialized(_ layout: Layout = .indented, asciiOnly: Bool = false) throws -> String {
        var text = ""
        try append(to: &text, layout, asciiOnly, level: 0)
        return text
    }

    private func append(to text: inout String, _ layout: Layout, _ asciiOnly: Bool, level: Int) throws {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value):
            guard value.isFinite else {
                throw CheckpointError(.unsupported, "cannot write \(value) as JSON, which has no such number")
            }
            text += String(value)
        case .string(let value): text.appendJSONString(value, asciiOnly: asciiOnly)
        case .array(let elements):
            try text.appendJSONContainer("[", elements, "]", layout, level: level) { text, element in
                try element.append(to: &text, layout, asciiOnly, level: level + 1)
            }
        case .object(let members):
            let sorted = members.sorted { $0.key.precedesByBytes($1.key) }
            try text.appendJSONContainer("{", sorted, "}", layout, level: level) { text, member in
                text.appendJSONString(member.key, asciiOnly: asciiOnly)
                text += layout == .compact ? ":" : ": "
                try member.value.append(to: &text, layout, asciiOnly, level: level + 1)
            }
        }
    }
}

extension String {
    /// Whether the UTF-8 bytes of the string stand before those of `other`: the order of Python and Rust.
    ///
    /// Swift's own order of strings is that of their normalized forms.
    package func precedesByBytes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// Appends `value` in quotes, with the escapes that Python's `json` uses.
    mutating func appendJSONString(_ value: String, asciiOnly: Bool) {
        self += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": self += "\\\""
            case "\\": self += "\\\\"
            default:
                if scalar.value < 0x20 || (asciiOnly && scalar.value > 0x7E) {
                    self += scalar.escaped()
                } else {
                    unicodeScalars.append(scalar)
                }
            }
        }
        self += "\""
    }

    fileprivate mutating func appendJSONContainer<Element>(
        _ open: String, _ elements: [Element], _ close: String, _ layout: JSONValue.Layout, level: Int,
        _ append: (inout String, Element) throws -> Void
    ) rethrows {
        self += open
        for (index, element) in elements.enumerated() {
            if index > 0 { self += "," }
            if layout == .indented { self += "\n" + String(repeating: " ", count: 2 * (level + 1)) }
            try append(&self, element)
        }
        if layout == .indented, !elements.isEmpty { self += "\n" + String(repeating: " ", count: 2 * level) }
        self += close
    }
}

extension Unicode.Scalar {
    /// The scalar as a JSON escape; as a surrogate pair beyond U+FFFF.
    func escaped() -> String {
        switch self {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{8}": "\\b"
        case "\u{C}": "\\f"
        default:
            String(self).utf16.reduce(into: "") { text, unit in
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }
}
