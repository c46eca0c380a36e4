// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TemplateValue {
    /// The value as a template prints it.
    func text() throws -> String {
        switch self {
        case .string(let text): return text
        case .undefined: return ""
        default: return try representation()
        }
    }

    /// The value as written by Python's `repr`, which is how the elements of lists are printed.
    private func representation() throws -> String {
        switch self {
        case .null: return "None"
        case .bool(let value): return value ? "True" : "False"
        case .int(let value): return "\(value)"
        case .double(let value): return "\(value)"
        case .string(let text): return Self.quoted(text)
        case .undefined: return "Undefined"
        case .list(let elements):
            return "[" + (try elements.map { try $0.representation() }.joined(separator: ", ")) + "]"
        case .object(let members):
            let texts = try members.map { Self.quoted($0.key) + ": " + (try $0.value.representation()) }
            return "{" + texts.joined(separator: ", ") + "}"
        case .namespace, .macro, .function: throw TemplateError("\(kind) cannot be printed")
        }
    }

    /// The string in whichever quotes need fewer escapes.
    private static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar =
            text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
        var result = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote, "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                result += "\\x" + scalar.hexadecimal(digits: 2)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + String(quote)
    }

    /// The value as JSON, as Python's `json.dumps` writes it without `ensure_ascii`.
    func json(indent: Int? = nil, sortsKeys: Bool = false, depth: Int = 0) throws -> String {
        /// Elements in brackets, each on its own line if there is indentation.
        func enclosed(_ open: String, _ elements: [String], _ close: String) -> String {
            guard let indent, !elements.isEmpty else { return open + elements.joined(separator: ", ") + close }
            let inner = "\n" + String(repeating: " ", count: indent * (depth + 1))
            let outer = "\n" + String(repeating: " ", count: indent * depth)
            return open + inner + elements.joined(separator: "," + inner) + outer + close
        }
        func nested(_ value: TemplateValue) throws -> String {
            try value.json(indent: indent, sortsKeys: sortsKeys, depth: depth + 1)
        }
        switch self {
        case .null: return "null"
        case .bool(let value): return "\(value)"
        case .int(let value): return "\(value)"
        case .double(let value): return "\(value)"
        case .string(let text): return Self.jsonString(text)
        case .list(let elements): return enclosed("[", try elements.map(nested), "]")
        case .object(let members):
            let ordered =
                sortsKeys ? members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : members
            return enclosed("{", try ordered.map { Self.jsonString($0.key) + ": " + (try nested($0.value)) }, "}")
        case .undefined, .namespace, .macro, .function: throw TemplateError("\(kind) cannot be written as JSON")
        }
    }

    private static func jsonString(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case _ where scalar.value < 0x20: result += "\\u" + scalar.hexadecimal(digits: 4)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Unicode.Scalar {
    fileprivate func hexadecimal(digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
