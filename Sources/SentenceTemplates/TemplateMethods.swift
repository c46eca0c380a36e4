// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// The methods of values.
enum TemplateMethods {
    /// The result of a method; nil if this kind of value has no method with that name.
    static func call(
        _ name: String, of value: TemplateValue, _ arguments: TemplateArguments<TemplateValue>
    ) throws -> TemplateValue? {
        switch value {
        case .string(let text): return try string(name, text, arguments)
        case .object(let members): return object(name, members, value, arguments)
        case .undefined: throw TemplateError("\(value.kind), has no method \"\(name)\"")
        case .list:
            throw TemplateError("lists have no method \"\(name)\" that this version knows")
        default: return nil
        }
    }

    private static func object(
        _ name: String, _ members: [(key: String, value: TemplateValue)], _ value: TemplateValue,
        _ arguments: TemplateArguments<TemplateValue>
    ) -> TemplateValue? {
        switch name {
        case "get": value[arguments.value(0, "key")?.asString ?? ""] ?? arguments.value(1, "default") ?? .null
        case "items": .list(members.map { .list([.string($0.key), $0.value]) })
        case "keys": .list(members.map { .string($0.key) })
        case "values": .list(members.map(\.value))
        default: nil
        }
    }

    private static func string(
        _ name: String, _ text: String, _ arguments: TemplateArguments<TemplateValue>
    ) throws -> TemplateValue {
        func argument(_ place: Int) throws -> String {
            guard let text = arguments.value(place, "")?.asString else {
                throw TemplateError("\(name) takes a string")
            }
            return text
        }
        /// Whether a text satisfies a condition, or any text in a list.
        func anyOf(_ fits: (String) -> Bool) throws -> TemplateValue {
            guard case .list(let parts)? = arguments.values.first else { return .bool(try fits(argument(0))) }
            return .bool(parts.contains { $0.asString.map(fits) ?? false })
        }
        switch name {
        case "strip": return .string(text.stripped(of: arguments.values.first?.asString))
        case "lstrip": return .string(text.stripped(of: arguments.values.first?.asString, atEnd: false))
        case "rstrip": return .string(text.stripped(of: arguments.values.first?.asString, atStart: false))
        case "startswith": return try anyOf(text.hasExactPrefix)
        case "endswith": return try anyOf(text.hasExactSuffix)
        case "removeprefix":
            let part = try argument(0)
            return .string(
                text.hasExactPrefix(part) ? String(text.unicodeScalars.dropFirst(part.unicodeScalars.count)) : text)
        case "removesuffix":
            let part = try argument(0)
            return .string(
                text.hasExactSuffix(part) ? String(text.unicodeScalars.dropLast(part.unicodeScalars.count)) : text)
        case "upper": return .string(text.uppercased())
        case "lower": return .string(text.lowercased())
        case "title": return .string(text.titled())
        case "capitalize": return .string(text.capitalizedOnce())
        case "split": return try split(text, arguments)
        case "splitlines":
            var lines = text.split(byBytesOf: "\n")
            if lines.last == "" { lines.removeLast() }
            return .list(lines.map { .string($0) })
        case "replace":
            let limit = arguments.values.count > 2 ? arguments.values[2].asInt : nil
            return .string(try TemplateFilters.replace(text, argument(0), argument(1), limit))
        case "join":
            let parts = try arguments.values.first?.elements().map { try $0.text() } ?? []
            let joined = parts.joined(separator: text)
            try TemplateInterpreter.check(joined)
            return .string(joined)
        case "find", "count":
            let parts = try text.split(byBytesOf: separator(argument(0)))
            if name == "count" { return .int(parts.count - 1) }
            return .int(parts.count > 1 ? parts[0].unicodeScalars.count : -1)
        case "isdigit":
            return .bool(!text.isEmpty && text.unicodeScalars.allSatisfy { ("0"..."9").contains($0) })
        default: throw TemplateError("the method \"\(name)\" of strings is not supported by this version")
        }
    }

    private static func separator(_ text: String) throws -> String {
        guard !text.utf8.isEmpty else { throw TemplateError("a separator is empty") }
        return text
    }

    private static func split(
        _ text: String, _ arguments: TemplateArguments<TemplateValue>
    ) throws -> TemplateValue {
        let limit = arguments.value(1, "maxsplit")?.asInt ?? -1
        guard let part = arguments.value(0, "sep")?.asString else {
            guard limit < 0 else { throw TemplateError("split takes a separator where it takes a number of parts") }
            return .list(text.splitWords().map { .string($0) })
        }
        let parts = try text.split(byBytesOf: separator(part), limit: limit < 0 ? .max : limit)
        return .list(parts.map { .string($0) })
    }
}
