// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The name of a model on the Hub: `name` or `organization/name`.
package struct RepositoryName: Sendable, Hashable, CustomStringConvertible {
    /// The name as written on the Hub.
    package let description: String

    /// Checks a name against the rules of the Hub (`validate_repo_id` of its Python library).
    ///
    /// Each part has 1 to 96 characters from ASCII letters, digits, `-`, `_` and `.`, and neither begins nor ends with
    /// `-` or `.`; the name does not contain `--` or `..`, and does not end with `.git`. So a name cannot lead outside
    /// the cache.
    ///
    /// - Throws: ``HubError`` with code `invalidName`.
    package init(_ name: String) throws {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            throw Self.invalid(name, "has more than one \"/\"; expected name or organization/name")
        }
        for part in parts {
            guard !part.isEmpty else { throw Self.invalid(name, "has an empty part") }
            guard part.unicodeScalars.count <= 96 else { throw Self.invalid(name, "has more than 96 characters") }
            guard part.unicodeScalars.allSatisfy(\.isAllowedInName) else {
                throw Self.invalid(name, "may only hold letters, digits, \"-\", \"_\" and \".\"")
            }
            guard !["-", "."].contains(part.first), !["-", "."].contains(part.last) else {
                throw Self.invalid(name, "must not begin or end with \"-\" or \".\"")
            }
        }
        guard !name.contains("--"), !name.contains("..") else {
            throw Self.invalid(name, "must not hold \"--\" or \"..\"")
        }
        guard !name.hasSuffix(".git") else { throw Self.invalid(name, "must not end with \".git\"") }
        description = name
    }

    /// The folder of the model in the cache, such as `models--sentence-transformers--all-MiniLM-L6-v2`.
    package var folderName: String {
        "models--" + description.split(separator: "/").joined(separator: "--")
    }

    private static func invalid(_ name: String, _ reason: String) -> HubError {
        HubError(.invalidName, "the model name \"\(name.prefix(120))\" \(reason)")
    }
}

extension Unicode.Scalar {
    /// Whether names on the Hub may contain the character.
    fileprivate var isAllowedInName: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
        default: false
        }
    }
}
