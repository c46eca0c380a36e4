// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

#if canImport(FoundationEssentials)
    package import struct FoundationEssentials.URL
#else
    package import struct Foundation.URL
#endif

/// Strict typed access to a JSON object: the boundary at which configuration strings become Swift values.
///
/// Every accessor that throws reports the file, the key, what was found and what was expected. A default applies only
/// to a missing key: a key with the wrong kind of value, including `null`, is an error, because the reference would not
/// use its default either. The `optional…` accessors treat `null` as missing. Nested objects are configs themselves and
/// show their path in messages, as in `"rope_scaling.type"`.
package struct ModelConfig: Sendable {
    /// The name of the file in messages.
    package let name: String
    /// The members of the object, as in the file.
    package let values: JSONObject
    /// The prefix of keys in messages: empty at the root, otherwise the path with its final dot.
    private let path: String

    /// A config with the given values, which do not come from a file.
    package init(name: String, values: JSONObject) {
        self.init(name: name, values: values, path: "")
    }

    private init(name: String, values: JSONObject, path: String) {
        self.name = name
        self.values = values
        self.path = path
    }

    /// Reads a file that contains one JSON object.
    ///
    /// `name` is the name of the file in messages; if nil, the last component of its path.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound`, `unreadable`, `invalidFormat` or `invalidConfig`.
    package init(url: URL, name: String? = nil) throws {
        let name = name ?? url.lastPathComponent
        let root = try Self.read(url, name: name)
        guard let values = root.asObject else {
            throw CheckpointError(.invalidConfig, file: name, "expected an object, found \(root.summary)")
        }
        self.init(name: name, values: values)
    }

    /// Reads a file that contains a JSON array of objects, such as `modules.json`.
    ///
    /// - Throws: ``CheckpointError`` as for ``init(url:name:)``.
    package static func list(url: URL, name: String? = nil) throws -> [ModelConfig] {
        let name = name ?? url.lastPathComponent
        let root = try read(url, name: name)
        guard let elements = root.asArray else {
            throw CheckpointError(.invalidConfig, file: name, "expected an array of objects, found \(root.summary)")
        }
        return try elements.enumerated().map { index, element in
            guard let values = element.asObject else {
                throw CheckpointError(
                    .invalidConfig, file: name, "element \(index) is \(element.summary); expected an object")
            }
            return ModelConfig(name: name, values: values, path: "[\(index)].")
        }
    }

    private static func read(_ url: URL, name: String) throws -> JSONValue {
        let file = try MappedFile(url: url, name: name)
        return try withExtendedLifetime(file) { try JSONValue(parsing: file.bytes, file: name) }
    }

    /// The keys, sorted.
    package var keys: [String] { values.keys.sortedStrings }

    /// Whether the key is present, with any value.
    package func contains(_ key: String) -> Bool { values[key] != nil }

    /// Whether the key is present with the value `null`.
    package func isNull(_ key: String) -> Bool { values[key] == .null }

    /// The nested object of `key`.
    func nested(_ key: String, _ values: JSONObject) -> ModelConfig {
        ModelConfig(name: name, values: values, path: "\(path)\(key).")
    }

    // MARK: Errors

    /// The key in quotes, with the path to its object.
    func display(_ key: String) -> String { (path + key).quoted }

    /// An error about the value of `key`, for checks that the accessors do not cover.
    ///
    /// The message says what was found, followed by `expectation`, for example `expected a multiple of 8`.
    package func error(_ key: String, _ expectation: String) -> CheckpointError {
        let found = values[key].map { "is \($0.summary)" } ?? "is missing"
        return CheckpointError(.invalidConfig, file: name, "\(display(key)) \(found); \(expectation)")
    }
}
