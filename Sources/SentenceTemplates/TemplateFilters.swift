// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// The filters after `|`.
enum TemplateFilters {
    static let known: Set<String> = [
        "trim", "upper", "lower", "title", "capitalize", "string", "length", "count", "int", "float", "abs", "default",
        "d", "first", "last", "list", "reverse", "join", "map", "select", "reject", "selectattr", "rejectattr", "items",
        "dictsort", "unique", "sort", "min", "max", "sum", "replace", "tojson", "indent", "safe",
    ]

    /// The result of applying a filter to a value.
    static func apply(
        _ name: String, to value: TemplateValue, _ arguments: TemplateArguments<TemplateValue>
    ) throws -> TemplateValue {
        switch name {
        case "trim": return .string(try value.text().stripped(of: arguments.value(0, "chars")?.asString))
        case "upper": return .string(try value.text().uppercased())
        case "lower": return .string(try value.text().lowercased())
        case "title": return .string(try value.text().titled())
        case "capitalize": return .string(try value.text().capitalizedOnce())
        case "string": return .string(try value.text())
        case "safe": return value
        case "length", "count": return .int(try value.length())
        case "int", "float": return number(name, value, arguments)
        case "abs": return try value.precedes(.int(0)) ? TemplateArithmetic.apply("-", .int(0), value) : value
        case "default", "d":
            let isMissing = value.isUndefined || (arguments.value(1, "boolean")?.isTrue ?? false) && !value.isTrue
            return isMissing ? arguments.value(0, "default_value") ?? .string("") : value
        case "replace":
            guard let old = arguments.value(0, "old"), let new = arguments.value(1, "new") else {
                throw TemplateError("replace takes two strings")
            }
            let limit = arguments.value(2, "count")?.asInt
            return .string(try replace(value.text(), old.text(), new.text(), limit))
        case "tojson":
            let indent = arguments.named.first { $0.name == "indent" }?.value.asInt
            guard arguments.named.allSatisfy({ ["indent", "ensure_ascii", "sort_keys"].contains($0.name) }),
                arguments.values.isEmpty, !(arguments.value(.max, "ensure_ascii")?.isTrue ?? false),
                (indent ?? 0) >= 0, (indent ?? 0) <= 64
            else { throw TemplateError("tojson takes indent and sort_keys alone in this version") }
            let sorts = arguments.value(.max, "sort_keys")?.isTrue ?? false
            return .string(try value.json(indent: indent, sortsKeys: sorts))
        case "indent": return .string(try indented(value.text(), arguments))
        default: return try TemplateListFilters.apply(name, to: value, arguments)
        }
    }

    private static func number(
        _ name: String, _ value: TemplateValue, _ arguments: TemplateArguments<TemplateValue>
    ) -> TemplateValue {
        let text = value.asString?.stripped()
        if name == "float" {
            return (value.asDouble ?? text.flatMap(Double.init)).map { .double($0) }
                ?? arguments.value(0, "default") ?? .double(0)
        }
        let number =
            value.asInt ?? text.flatMap { Int($0) }
            ?? (value.asDouble ?? text.flatMap(Double.init)).flatMap {
                Int(exactly: $0.rounded(.towardZero))
            }
        return number.map { .int($0) } ?? arguments.value(0, "default") ?? .int(0)
    }

    /// The text with one string replaced by another, at most `limit` times.
    static func replace(_ text: String, _ old: String, _ new: String, _ limit: Int?) throws -> String {
        guard !old.utf8.isEmpty else { throw TemplateError("replace takes no empty text to replace") }
        let result = text.split(byBytesOf: old, limit: limit.map { $0 < 0 ? .max : $0 } ?? .max).joined(separator: new)
        try TemplateInterpreter.check(result)
        return result
    }

    /// The lines indented by spaces, except for the first and empty ones.
    private static func indented(_ text: String, _ arguments: TemplateArguments<TemplateValue>) throws -> String {
        let width = arguments.value(0, "width") ?? .int(4)
        guard width.asString != nil || (0...1000).contains(width.asInt ?? -1) else {
            throw TemplateError("indent takes a width")
        }
        let spaces = width.asString ?? String(repeating: " ", count: width.asInt ?? 0)
        let indentsFirst = arguments.value(1, "first")?.isTrue ?? false
        let indentsBlank = arguments.value(2, "blank")?.isTrue ?? false
        let lines = text.split(byBytesOf: "\n").enumerated().map { index, line in
            (index == 0 ? indentsFirst : indentsBlank || !line.isEmpty) ? spaces + line : line
        }
        let result = lines.joined(separator: "\n")
        try TemplateInterpreter.check(result)
        return result
    }
}
