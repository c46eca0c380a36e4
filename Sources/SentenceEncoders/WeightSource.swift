// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where a slot's tensors stand in a checkpoint: a name in which `{layer}` is the number of the block, or several that
/// checkpoints of different ages use.
package struct WeightSource: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    private let patterns: [String]

    package init(stringLiteral pattern: String) {
        patterns = [pattern]
    }

    /// - Parameter patterns: At least one, the usual name first.
    package init(arrayLiteral patterns: String...) {
        self.patterns = patterns
    }

    private static let layerMark = "{layer}"

    /// The names without ".weight" or ".bias", most usual first.
    package func names(layer: Int?) -> [String] {
        patterns.map { pattern in layer.map { pattern.replacing(Self.layerMark, with: String($0)) } ?? pattern }
    }

    /// The part of the names before the number of the block, or their first component: what an encoder owns.
    var ownedPrefixes: [String] {
        patterns.map { pattern in
            if let mark = pattern.firstRange(of: Self.layerMark) { return String(pattern[..<mark.lowerBound]) }
            return pattern.split(separator: ".").first.map { $0 + "." } ?? pattern
        }
    }
}
