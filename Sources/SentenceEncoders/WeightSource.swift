// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

/// The names of a slot's tensors in a checkpoint.
///
/// `{layer}` stands for the number of the block, and any other `{key}` for the string that the configuration has for
/// that key. There may be several names, used by checkpoints of different ages.
package struct WeightSource: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    private let patterns: [String]

    /// A source with one name.
    package init(stringLiteral pattern: String) {
        patterns = [pattern]
    }

    /// A source with several names.
    ///
    /// - Parameter patterns: At least one, the usual name first.
    package init(arrayLiteral patterns: String...) {
        self.patterns = patterns
    }

    /// A source with several names, the usual name first.
    init(_ patterns: [String]) { self.patterns = patterns }

    private static let layerMark = "{layer}"

    /// The source with strings from the configuration in place of their keys.
    func resolved(by config: ModelConfig) throws -> WeightSource {
        WeightSource(
            try patterns.map { pattern in
                // Every second part, those between braces, is a key.
                let parts = pattern.split(omittingEmptySubsequences: false) { $0 == "{" || $0 == "}" }.map(String.init)
                return try parts.enumerated().map { index, part in
                    if index.isMultiple(of: 2) { return part }
                    return part == "layer" ? Self.layerMark : try config.string(part)
                }.joined()
            })
    }

    /// The names without ".weight" or ".bias", most common first.
    package func names(layer: Int?) -> [String] {
        patterns.map { pattern in layer.map { pattern.replacing(Self.layerMark, with: String($0)) } ?? pattern }
    }

    /// The part of each name before the number of the block, or its first component: the names that an encoder owns.
    var ownedPrefixes: [String] {
        patterns.map { pattern in
            if let mark = pattern.firstRange(of: Self.layerMark) { return String(pattern[..<mark.lowerBound]) }
            return pattern.split(separator: ".").first.map { $0 + "." } ?? pattern
        }
    }
}
