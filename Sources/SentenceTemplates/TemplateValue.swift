// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// A value in a template, as in Python.
package indirect enum TemplateValue: Sendable {
    /// The value of a name that is not defined.
    case undefined(String)
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case list([TemplateValue])
    /// The members in order.
    case object([(key: String, value: TemplateValue)])
    /// Variables that loops may change, by their index in the interpreter.
    case namespace(Int)
    /// A macro, by its index in the interpreter.
    case macro(Int)
    /// A function of Jinja or of Hugging Face, by its name.
    case function(String)

    /// The kind of value, for messages.
    var kind: String {
        switch self {
        case .undefined(let name): "\"\(name)\", which is not defined"
        case .null: "none"
        case .bool: "a Boolean"
        case .int, .double: "a number"
        case .string: "a string"
        case .list: "a list"
        case .object: "a dictionary"
        case .namespace: "a namespace"
        case .macro, .function: "a function"
        }
    }

    var isUndefined: Bool {
        if case .undefined = self { true } else { false }
    }

    /// Whether it is truthy.
    var isTrue: Bool {
        switch self {
        case .undefined, .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .double(let value): value != 0
        case .string(let text): !text.utf8.isEmpty
        case .list(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        case .namespace, .macro, .function: true
        }
    }

    /// The value as an integer; Booleans are 0 and 1.
    var asInt: Int? {
        switch self {
        case .int(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    var asDouble: Double? {
        if case .double(let value) = self { value } else { asInt.map(Double.init) }
    }

    var asString: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The member with a key; nil if the value is not a dictionary or lacks the key.
    subscript(key: String) -> TemplateValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key.isExactly(key) }?.value
    }

    /// What a loop iterates over.
    func elements() throws -> [TemplateValue] {
        switch self {
        case .list(let elements): return elements
        case .object(let members): return members.map { .string($0.key) }
        case .string(let text): return text.unicodeScalars.map { .string(String($0)) }
        case .undefined: return []
        default: throw TemplateError("\(kind) cannot be gone over")
        }
    }

    /// The number of its elements.
    func length() throws -> Int {
        switch self {
        case .string(let text): return text.unicodeScalars.count
        case .object(let members): return members.count
        default: return try elements().count
        }
    }
}

extension TemplateValue {
    /// Whether two values are equal; strings are compared by bytes, and numbers of any kind by value.
    func isEqual(to other: TemplateValue) -> Bool {
        switch (self, other) {
        case (.null, .null), (.undefined, .undefined): true
        case (.string(let a), .string(let b)): a.isExactly(b)
        case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.isEqual(to: $1) }
        case (.object(let a), .object(let b)):
            a.count == b.count && a.allSatisfy { member in other[member.key]?.isEqual(to: member.value) ?? false }
        case (.namespace(let a), .namespace(let b)), (.macro(let a), .macro(let b)): a == b
        case (.function(let a), .function(let b)): a == b
        default:
            if let a = asInt, let b = other.asInt {
                a == b
            } else if let a = asDouble, let b = other.asDouble {
                a == b
            } else {
                false
            }
        }
    }

    /// Whether it comes before another one: numbers by value, strings by their scalars.
    func precedes(_ other: TemplateValue) throws -> Bool {
        if case .string(let a) = self, case .string(let b) = other {
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
        if let a = asInt, let b = other.asInt { return a < b }
        guard let a = asDouble, let b = other.asDouble else {
            throw TemplateError("\(kind) and \(other.kind) have no order")
        }
        return a < b
    }

    /// Whether it is an element, a key, or a substring of another value.
    func isContained(in other: TemplateValue) throws -> Bool {
        switch other {
        case .string(let text):
            guard let part = asString else { throw TemplateError("\(kind) is no part of a string") }
            return text.contains(bytesOf: part)
        case .object: return asString.map { other[$0] != nil } ?? false
        default: return try other.elements().contains(where: isEqual)
        }
    }
}
