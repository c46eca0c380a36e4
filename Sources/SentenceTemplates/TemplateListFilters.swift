// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// The filters for lists, and for other values that can be iterated.
enum TemplateListFilters {
    static func apply(
        _ name: String, to value: TemplateValue, _ arguments: TemplateArguments<TemplateValue>
    ) throws -> TemplateValue {
        switch name {
        case "first": return try value.elements().first ?? .undefined("first")
        case "last": return try value.elements().last ?? .undefined("last")
        case "list": return .list(try value.elements())
        case "reverse":
            let elements = try value.elements().reversed()
            guard case .string = value else { return .list(Array(elements)) }
            return .string(elements.compactMap(\.asString).joined())
        case "join":
            let path = arguments.value(1, "attribute")
            let parts = try value.elements().map { try attribute(path, of: $0).text() }
            let text = parts.joined(separator: try arguments.value(0, "d")?.text() ?? "")
            try TemplateInterpreter.check(text)
            return .string(text)
        case "map": return .list(try mapped(value.elements(), arguments))
        case "select", "reject", "selectattr", "rejectattr":
            return .list(try selected(name, value.elements(), arguments))
        case "items":
            guard case .object(let members) = value else {
                if value.isUndefined { return .list([]) }
                throw TemplateError("items takes a dictionary, found \(value.kind)")
            }
            return .list(members.map { .list([.string($0.key), $0.value]) })
        case "dictsort":
            guard case .object(let members) = value, arguments.values.isEmpty, arguments.named.isEmpty else {
                throw TemplateError("dictsort takes a dictionary alone in this version")
            }
            let keys = TemplateValue.list(members.map { .string($0.key) })
            return .list(try sorted(keys.elements(), .init()).map { .list([$0, value[$0.asString ?? ""] ?? .null]) })
        case "unique":
            return .list(
                try value.elements().reduce(into: []) { found, element in
                    if !found.contains(where: { folded($0).isEqual(to: folded(element)) }) { found.append(element) }
                })
        case "sort": return .list(try sorted(value.elements(), arguments))
        case "min", "max":
            let elements = try sorted(value.elements(), .init())
            return (name == "min" ? elements.first : elements.last) ?? .undefined(name)
        case "sum":
            let path = arguments.value(0, "attribute")
            return try value.elements().reduce(arguments.value(1, "start") ?? .int(0)) {
                try TemplateArithmetic.apply("+", $0, attribute(path, of: $1))
            }
        default: throw TemplateError("the filter \"\(name)\" is not supported by this version")
        }
    }

    /// The member at a path of names and indices separated by dots; the value itself if there is no path.
    private static func attribute(_ path: TemplateValue?, of value: TemplateValue) throws -> TemplateValue {
        guard let path else { return value }
        return try path.text().split(byBytesOf: ".").reduce(value) { value, name in
            if let index = Int(name), case .list(let elements) = value {
                return elements.indices.contains(index) ? elements[index] : .undefined(name)
            }
            return value[name] ?? .undefined(name)
        }
    }

    /// `map("filter", …)` or `map(attribute="…", default=…)`.
    private static func mapped(
        _ elements: [TemplateValue], _ arguments: TemplateArguments<TemplateValue>
    ) throws -> [TemplateValue] {
        if let path = arguments.value(.max, "attribute") {
            let standard = arguments.value(.max, "default")
            return try elements.map { element in
                let found = try attribute(path, of: element)
                return found.isUndefined ? standard ?? found : found
            }
        }
        guard let name = arguments.values.first?.asString, TemplateFilters.known.contains(name) else {
            throw TemplateError("map takes an attribute, or the name of a filter that is known")
        }
        let rest = TemplateArguments(values: Array(arguments.values.dropFirst()), named: arguments.named)
        return try elements.map { try TemplateFilters.apply(name, to: $0, rest) }
    }

    /// The elements that pass or fail a test, by themselves or by an attribute; without a test, truth is tested.
    private static func selected(
        _ name: String, _ elements: [TemplateValue], _ arguments: TemplateArguments<TemplateValue>
    ) throws -> [TemplateValue] {
        let keeps = name.hasPrefix("select")
        var rest = arguments
        let path = name.hasSuffix("attr") && !rest.values.isEmpty ? rest.values.removeFirst() : nil
        let test = rest.values.isEmpty ? nil : try rest.values.removeFirst().text()
        if let test, !TemplateTests.known.contains(test) {
            throw TemplateError("the test \"\(test)\" is not supported by this version")
        }
        return try elements.filter { element in
            let value = try attribute(path, of: element)
            return try test.map { try TemplateTests.holds($0, of: value, rest) } ?? value.isTrue == keeps
        }
    }

    /// The elements in order, ignoring the case of strings.
    private static func sorted(
        _ elements: [TemplateValue], _ arguments: TemplateArguments<TemplateValue>
    ) throws -> [TemplateValue] {
        let path = arguments.value(2, "attribute")
        let isDescending = arguments.value(0, "reverse")?.isTrue ?? false
        let keys = try elements.map { folded(try attribute(path, of: $0)) }
        let order = try elements.indices.sorted { a, b in
            if try keys[a].precedes(keys[b]) { return !isDescending }
            if try keys[b].precedes(keys[a]) { return isDescending }
            return a < b
        }
        return order.map { elements[$0] }
    }

    private static func folded(_ value: TemplateValue) -> TemplateValue {
        value.asString.map { .string($0.lowercased()) } ?? value
    }
}
