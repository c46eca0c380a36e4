// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A JSON document in memory, as configuration files and headers hold it.
///
/// Integers that fit 64 bits stay integers; every other number is a `Double`, also those that
/// only Python writes: NaN and the infinities.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    /// A string with half of a surrogate pair, which Python reads and writes though no text has it: what stands between
    /// its quotes. Only what reads it fails.
    case brokenString(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object.
package typealias JSONObject = [ExactString: JSONValue]

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements.lazy.map { (ExactString($0), $1) }) { _, last in last })
    }
}

extension JSONValue {
    /// The value as an integer: an integer, or a number without a fraction, which Python writes as `3.0`.
    ///
    /// A Boolean is not a number.
    package var asInt: Int? {
        switch self {
        case .int(let value): value
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The value as a number; a Boolean is none.
    package var asDouble: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The value as a switch: true or false, or 1 or 0 in their place, which equal them in Python.
    package var asSwitch: Bool? {
        switch self {
        case .bool(let value): value
        case .int(0), .double(0): false
        case .int(1), .double(1): true
        default: nil
        }
    }

    package var asString: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var asArray: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    package var asObject: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The value as a message shows it: short values as they are, containers by kind.
    package var summary: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): value.quoted
        case .brokenString: "a string with half of a surrogate pair"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
