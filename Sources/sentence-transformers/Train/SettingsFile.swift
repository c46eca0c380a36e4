// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import Yams

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file of settings: JSON, or YAML where its name says so.
enum SettingsFile {
    /// - Throws: ``Failure`` if the file cannot be read or is neither.
    static func read(_ path: String) throws -> JSONValue {
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path)) } catch {
            throw Failure("cannot read \(path): \(error.causeDescription)")
        }
        let name = path.lowercased()
        guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
            return try data.withUnsafeBytes { try JSONValue(parsing: $0, duplicateKeys: .refused, file: path) }
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw Failure("\(path) is not UTF-8") }
        do {
            guard let node = try Yams.compose(yaml: text) else { throw Failure("\(path) is empty") }
            return try value(node, path)
        } catch let error as YamlError {
            throw Failure("\(path) is not valid YAML: \(error)")
        }
    }

    private static func value(_ node: Node, _ path: String) throws -> JSONValue {
        switch node {
        case .mapping(let mapping):
            var members: JSONObject = [:]
            for (key, member) in mapping {
                guard let name = key.string else { throw Failure("\(path): expected a text as a key") }
                guard members.updateValue(try value(member, path), forKey: ExactString(name)) == nil else {
                    throw Failure("\(path): the key \"\(name)\" stands twice in one object")
                }
            }
            return .object(members)
        case .sequence(let sequence): return .array(try sequence.map { try value($0, path) })
        case .scalar(let scalar):
            // What stands in quotes is a text, whatever it looks like.
            guard scalar.style == .plain else { return .string(scalar.string) }
            if let flag = node.bool { return .bool(flag) }
            if let number = node.int { return .int(number) }
            if let number = node.float { return .double(number) }
            return node.null == nil ? .string(scalar.string) : .null
        case .alias: throw Failure("\(path): aliases are not read")
        }
    }
}
