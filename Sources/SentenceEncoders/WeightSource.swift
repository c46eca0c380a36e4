// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where a slot's tensors stand in a checkpoint: a name in which `{layer}` is the number of the block.
package struct WeightSource: Sendable, ExpressibleByStringLiteral {
    private let pattern: String

    package init(stringLiteral pattern: String) {
        self.pattern = pattern
    }

    private static let layerMark = "{layer}"

    /// The name without ".weight" or ".bias".
    package func name(layer: Int?) -> String {
        layer.map { pattern.replacing(Self.layerMark, with: String($0)) } ?? pattern
    }

    /// The part of the name before the number of the block, or its first component: what an encoder owns.
    var ownedPrefix: String {
        if let mark = pattern.firstRange(of: Self.layerMark) { return String(pattern[..<mark.lowerBound]) }
        return pattern.split(separator: ".").first.map { $0 + "." } ?? pattern
    }
}
