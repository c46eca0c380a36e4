// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

/// One key, or the alternative spellings that different model families use for the same key.
package protocol ConfigKey {
    var spellings: [String] { get }
}

extension String: ConfigKey {
    /// The one spelling.
    package var spellings: [String] { [self] }
}

extension Array: ConfigKey where Element == String {
    /// The spellings themselves.
    package var spellings: [String] { self }
}

/// How to read a JSON value as a Swift value, and what messages call this kind of value.
struct ConfigKind<Value> {
    let name: String
    let read: (JSONValue) -> Value?
}

extension ConfigKind {
    /// An array whose elements are all of this kind.
    var list: ConfigKind<[Value]> {
        ConfigKind<[Value]>(name: "an array, each element \(name)") { value in
            guard let elements = value.asArray else { return nil }
            let values = elements.compactMap(read)
            return values.count == elements.count ? values : nil
        }
    }
}

extension ConfigKind<Int> { static var int: Self { Self(name: "an integer", read: \.asInt) } }
extension ConfigKind<Double> { static var double: Self { Self(name: "a number", read: \.asDouble) } }
extension ConfigKind<Float> {
    static var float: Self { Self(name: "a number") { $0.asDouble.map(Float.init).flatMap { $0.isFinite ? $0 : nil } } }
}
extension ConfigKind<Bool> {
    /// In Python `None` is falsy, so `null` counts as false here.
    static var bool: Self { Self(name: "true or false") { $0 == .null ? false : $0.asSwitch } }
}
extension ConfigKind<String> { static var string: Self { Self(name: "a string", read: \.asString) } }
extension ConfigKind<[String]> { static var strings: Self { ConfigKind<String>.string.list } }
extension ConfigKind<[Int]> { static var ints: Self { ConfigKind<Int>.int.list } }
extension ConfigKind<[Double]> { static var doubles: Self { ConfigKind<Double>.double.list } }
extension ConfigKind<JSONObject> { static var object: Self { Self(name: "an object", read: \.asObject) } }

// Each kind has three accessors: required, with a default for a missing key, and optional (nil if missing or `null`).
// If a key has alternative spellings, the first one present is used.
extension ModelConfig {
    /// An integer.
    package func int(_ key: some ConfigKey) throws -> Int { try required(key, .int) }

    /// An integer; `value` if the key is missing.
    package func int(_ key: some ConfigKey, default value: Int) throws -> Int { try present(key, .int) ?? value }

    /// An integer; nil if the key is missing or null.
    package func optionalInt(_ key: some ConfigKey) throws -> Int? { try optional(key, .int) }

    /// A number as `Float`, the type of all computation.
    package func float(_ key: some ConfigKey) throws -> Float { try required(key, .float) }

    /// A number as `Float`; `value` if the key is missing.
    package func float(_ key: some ConfigKey, default value: Float) throws -> Float {
        try present(key, .float) ?? value
    }

    /// A number as `Float`; nil if the key is missing or null.
    package func optionalFloat(_ key: some ConfigKey) throws -> Float? { try optional(key, .float) }

    /// A number as `Double`, for tables that are computed once when a model is loaded.
    package func double(_ key: some ConfigKey) throws -> Double { try required(key, .double) }

    /// A number as `Double`; `value` if the key is missing.
    package func double(_ key: some ConfigKey, default value: Double) throws -> Double {
        try present(key, .double) ?? value
    }

    /// A number as `Double`; nil if the key is missing or null.
    package func optionalDouble(_ key: some ConfigKey) throws -> Double? { try optional(key, .double) }

    /// A Boolean.
    package func bool(_ key: some ConfigKey) throws -> Bool { try required(key, .bool) }

    /// A Boolean; `value` if the key is missing.
    package func bool(_ key: some ConfigKey, default value: Bool) throws -> Bool { try present(key, .bool) ?? value }

    /// A Boolean; nil if the key is missing or null.
    package func optionalBool(_ key: some ConfigKey) throws -> Bool? { try optional(key, .bool) }

    /// A string.
    package func string(_ key: some ConfigKey) throws -> String { try required(key, .string) }

    /// A string; `value` if the key is missing.
    package func string(_ key: some ConfigKey, default value: String) throws -> String {
        try present(key, .string) ?? value
    }

    /// A string; nil if the key is missing or null.
    package func optionalString(_ key: some ConfigKey) throws -> String? { try optional(key, .string) }

    /// An array of strings.
    package func strings(_ key: some ConfigKey) throws -> [String] { try required(key, .strings) }

    /// An array of strings; `value` if the key is missing.
    package func strings(_ key: some ConfigKey, default value: [String]) throws -> [String] {
        try present(key, .strings) ?? value
    }

    /// An array of strings; nil if the key is missing or null.
    package func optionalStrings(_ key: some ConfigKey) throws -> [String]? { try optional(key, .strings) }

    /// An array of integers.
    package func ints(_ key: some ConfigKey) throws -> [Int] { try required(key, .ints) }

    /// An array of integers; nil if the key is missing or null.
    package func optionalInts(_ key: some ConfigKey) throws -> [Int]? { try optional(key, .ints) }

    /// An array of numbers.
    package func doubles(_ key: some ConfigKey) throws -> [Double] { try required(key, .doubles) }

    /// The nested object of a key, with the same strict accessors.
    package func object(_ key: String) throws -> ModelConfig { nested(key, try required(key, .object)) }

    /// The nested object of a key; nil if the key is missing or null.
    package func optionalObject(_ key: String) throws -> ModelConfig? {
        try optional(key, .object).map { nested(key, $0) }
    }
}

// MARK: Choices

extension ModelConfig {
    /// A string that must be the raw value of a case of `Choice`.
    package func choice<Choice>(_ key: some ConfigKey, as type: Choice.Type = Choice.self) throws -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let choice: Choice = try presentChoice(key) else { throw missing(key, expected: "a string") }
        return choice
    }

    /// A string that must be the raw value of a case of `Choice`; `value` if the key is missing.
    package func choice<Choice>(_ key: some ConfigKey, default value: Choice) throws -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        try presentChoice(key) ?? value
    }

    private func presentChoice<Choice>(_ key: some ConfigKey) throws -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let (spelling, found) = find(key) else { return nil }
        if let choice = found.asString.flatMap(Choice.init(rawValue:)) { return choice }
        throw unsupported(spelling, Choice.allCases.map(\.rawValue.quoted))
    }

    /// Refuses a key whose value is not among `supported`; a missing key is accepted.
    ///
    /// Numbers are compared by value, so `1` and `1.0` are the same.
    package func require(_ key: String, in supported: JSONValue...) throws {
        guard let found = values[key] else { return }
        let isSupported = supported.contains { $0 == found || ($0.asDouble != nil && $0.asDouble == found.asDouble) }
        if !isSupported { throw unsupported(key, supported.map(\.summary)) }
    }

    private func unsupported(_ key: String, _ supported: [String]) -> CheckpointError {
        error(key, "supported: \(supported.joined(separator: ", "))")
    }
}

// MARK: Reading

extension ModelConfig {
    private func find(_ key: some ConfigKey) -> (spelling: String, value: JSONValue)? {
        for spelling in key.spellings {
            if let value = values[spelling] { return (spelling, value) }
        }
        return nil
    }

    private func present<Value>(_ key: some ConfigKey, _ kind: ConfigKind<Value>) throws -> Value? {
        guard let (spelling, found) = find(key) else { return nil }
        guard let value = kind.read(found) else { throw error(spelling, "expected \(kind.name)") }
        return value
    }

    private func optional<Value>(_ key: some ConfigKey, _ kind: ConfigKind<Value>) throws -> Value? {
        if let (_, found) = find(key), found == .null { return nil }
        return try present(key, kind)
    }

    private func required<Value>(_ key: some ConfigKey, _ kind: ConfigKind<Value>) throws -> Value {
        guard let value = try present(key, kind) else { throw missing(key, expected: kind.name) }
        return value
    }

    private func missing(_ key: some ConfigKey, expected kind: String) -> CheckpointError {
        let spellings = key.spellings.map(display).joined(separator: " or ")
        return CheckpointError(.invalidConfig, file: name, "missing key \(spellings) (expected \(kind))")
    }
}
