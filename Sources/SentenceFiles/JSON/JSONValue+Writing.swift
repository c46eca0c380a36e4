// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// How a document is laid out.
    package enum Layout: Sendable {
        /// One member per line, indented by two spaces per level: Python's `indent=2`.
        case indented
        /// No white space.
        case compact
    }

    /// The value as JSON text with sorted keys, as Python's `json.dumps(sort_keys=True)` writes it.
    ///
    /// With `asciiOnly`, all other characters are escaped (Python's `ensure_ascii`). Numbers that JSON cannot represent
    /// are refused, or with `allowsNaN` written like Python does, for files that already contained them.
    ///
    /// - Throws: ``CheckpointError`` with code `unsupported` for a number that JSON cannot represent.
    package func serialized(
        _ layout: Layout = .indented, asciiOnly: Bool = false, allowsNaN: Bool = false
    ) throws -> String {
        var text = ""
        try append(to: &text, Format(layout: layout, asciiOnly: asciiOnly, allowsNaN: allowsNaN), level: 0)
        return text
    }

    private struct Format {
        let layout: Layout
        let asciiOnly: Bool
        let allowsNaN: Bool
    }

    private func append(to text: inout String, _ format: Format, level: Int) throws {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value):
            guard value.isFinite || format.allowsNaN else {
                throw CheckpointError(.unsupported, "cannot write \(value) as JSON, which has no such number")
            }
            text += value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : String(value)
        case .string(let value): text.appendJSONString(value, asciiOnly: format.asciiOnly)
        case .brokenString(let spelling):
            text += "\""
            for scalar in spelling.unicodeScalars {
                text += format.asciiOnly && !scalar.isASCII ? scalar.escaped() : String(scalar)
            }
            text += "\""
        case .array(let elements):
            try text.appendJSONContainer("[", elements, "]", format.layout, level: level) { text, element in
                try element.append(to: &text, format, level: level + 1)
            }
        case .object(let members):
            let sorted = members.sorted { $0.key < $1.key }
            try text.appendJSONContainer("{", sorted, "}", format.layout, level: level) { text, member in
                text.appendJSONString(member.key.string, asciiOnly: format.asciiOnly)
                text += format.layout == .compact ? ":" : ": "
                try member.value.append(to: &text, format, level: level + 1)
            }
        }
    }
}

extension String {
    /// Appends `value` in quotes, escaped as in Python's `json`.
    package mutating func appendJSONString(_ value: String, asciiOnly: Bool) {
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
    /// The scalar as a JSON escape, or two of them above U+FFFF.
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
