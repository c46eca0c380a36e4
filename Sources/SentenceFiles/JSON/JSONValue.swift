// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A JSON document in memory, such as a configuration file or a header.
///
/// Integers that fit in 64 bits stay integers; every other number is a `Double`, including NaN and the infinities,
/// which only Python writes.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    /// A string with an unpaired surrogate, as the text between its quotes.
    ///
    /// Python reads and writes such strings, although no valid text contains one. Only reading it as a string fails.
    case brokenString(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object.
package typealias JSONObject = [ExactString: JSONValue]

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// The value `null`.
    package init(nilLiteral: ()) { self = .null }

    /// A Boolean.
    package init(booleanLiteral value: Bool) { self = .bool(value) }

    /// An integer.
    package init(integerLiteral value: Int) { self = .int(value) }

    /// A number.
    package init(floatLiteral value: Double) { self = .double(value) }

    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }

    /// An array.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// An object; of duplicate keys, the last value is used.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements.lazy.map { (ExactString($0), $1) }) { _, last in last })
    }
}

extension JSONValue {
    /// The value as an integer, if it is one or a number without a fraction, which Python writes as `3.0`.
    ///
    /// A Boolean is not a number.
    package var asInt: Int? {
        switch self {
        case .int(let value): value
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The value as a number; a Boolean is not a number.
    package var asDouble: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The value as a Boolean: true or false, or 1 or 0, which are equal to them in Python.
    package var asSwitch: Bool? {
        switch self {
        case .bool(let value): value
        case .int(0), .double(0): false
        case .int(1), .double(1): true
        default: nil
        }
    }

    /// The value if it is a string.
    package var asString: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The value if it is an array.
    package var asArray: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The value if it is an object.
    package var asObject: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The value as shown in messages: short values in full, containers by kind.
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
