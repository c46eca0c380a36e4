// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

/// One key, or the alternative spellings that different model families give the same key.
package protocol ConfigKey {
    var spellings: [String] { get }
}

extension String: ConfigKey {
    package var spellings: [String] { [self] }
}

extension Array: ConfigKey where Element == String {
    package var spellings: [String] { self }
}

/// How a JSON value becomes a Swift value, and what a message calls the kind.
struct ConfigKind<Value> {
    let name: String
    let read: (JSONValue) -> Value?
}

extension ConfigKind {
    /// An array of nothing but this kind.
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
    /// In Python `None` counts as false, and so does a `null` where a switch stands.
    static var bool: Self { Self(name: "true or false") { $0 == .null ? false : $0.asSwitch } }
}
extension ConfigKind<String> { static var string: Self { Self(name: "a string", read: \.asString) } }
extension ConfigKind<[String]> { static var strings: Self { ConfigKind<String>.string.list } }
extension ConfigKind<[Int]> { static var ints: Self { ConfigKind<Int>.int.list } }
extension ConfigKind<[Double]> { static var doubles: Self { ConfigKind<Double>.double.list } }
extension ConfigKind<JSONObject> { static var object: Self { Self(name: "an object", read: \.asObject) } }

// Each kind: required, with a default for a missing key, and optional (missing or `null` is `nil`).
// Of alternative spellings the first that is there counts.
extension ModelConfig {
    package func int(_ key: some ConfigKey) throws -> Int { try required(key, .int) }
    package func int(_ key: some ConfigKey, default value: Int) throws -> Int { try present(key, .int) ?? value }
    package func optionalInt(_ key: some ConfigKey) throws -> Int? { try optional(key, .int) }

    /// A number as `Float`, which computation uses.
    package func float(_ key: some ConfigKey) throws -> Float { try required(key, .float) }
    package func float(_ key: some ConfigKey, default value: Float) throws -> Float {
        try present(key, .float) ?? value
    }
    package func optionalFloat(_ key: some ConfigKey) throws -> Float? { try optional(key, .float) }

    /// A number as `Double`, for tables that are computed once at load.
    package func double(_ key: some ConfigKey) throws -> Double { try required(key, .double) }
    package func double(_ key: some ConfigKey, default value: Double) throws -> Double {
        try present(key, .double) ?? value
    }
    package func optionalDouble(_ key: some ConfigKey) throws -> Double? { try optional(key, .double) }

    package func bool(_ key: some ConfigKey) throws -> Bool { try required(key, .bool) }
    package func bool(_ key: some ConfigKey, default value: Bool) throws -> Bool { try present(key, .bool) ?? value }
    package func optionalBool(_ key: some ConfigKey) throws -> Bool? { try optional(key, .bool) }

    package func string(_ key: some ConfigKey) throws -> String { try required(key, .string) }
    package func string(_ key: some ConfigKey, default value: String) throws -> String {
        try present(key, .string) ?? value
    }
    package func optionalString(_ key: some ConfigKey) throws -> String? { try optional(key, .string) }

    package func strings(_ key: some ConfigKey) throws -> [String] { try required(key, .strings) }
    package func strings(_ key: some ConfigKey, default value: [String]) throws -> [String] {
        try present(key, .strings) ?? value
    }
    package func optionalStrings(_ key: some ConfigKey) throws -> [String]? { try optional(key, .strings) }

    package func ints(_ key: some ConfigKey) throws -> [Int] { try required(key, .ints) }
    package func optionalInts(_ key: some ConfigKey) throws -> [Int]? { try optional(key, .ints) }

    package func doubles(_ key: some ConfigKey) throws -> [Double] { try required(key, .doubles) }

    /// The nested object of a key, with the same strict access.
    package func object(_ key: String) throws -> ModelConfig { nested(key, try required(key, .object)) }
    package func optionalObject(_ key: String) throws -> ModelConfig? {
        try optional(key, .object).map { nested(key, $0) }
    }
}

// MARK: Choices

extension ModelConfig {
    /// A string that must be the raw value of one of the cases of `Choice`.
    package func choice<Choice>(_ key: some ConfigKey, as type: Choice.Type = Choice.self) throws -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let choice: Choice = try presentChoice(key) else { throw missing(key, expected: "a string") }
        return choice
    }

    /// A string that must be the raw value of one of the cases of `Choice`; `value` if the key is missing.
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

    /// Refuses a key whose value is none of `supported`; a missing key is fine.
    ///
    /// Numbers are equal by value, so `1` and `1.0` are the same.
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
