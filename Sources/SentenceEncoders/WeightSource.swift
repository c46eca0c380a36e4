// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where a slot's tensors stand in a checkpoint: a name in which `{layer}` is the number of the block.
package struct WeightSource: Sendable, ExpressibleByStringLiteral {
    private let pattern: String

    package init(stringLiteral pattern: String) {
        self.pattern = pattern
    }

    /// The name without ".weight" or ".bias".
    package func name(layer: Int?) -> String {
        guard let layer, let place = pattern.range(of: "{layer}") else { return pattern }
        return pattern.replacingCharacters(in: place, with: String(layer))
    }

    /// The part of the name before the number of the block, or its first component: what an encoder owns.
    var ownedPrefix: String {
        if let place = pattern.range(of: "{layer}") { return String(pattern[..<place.lowerBound]) }
        return pattern.split(separator: ".").first.map { $0 + "." } ?? pattern
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<Index>? {
        guard let first = text.first else { return nil }
        var start = startIndex
        while let place = self[start...].firstIndex(of: first) {
            if self[place...].hasPrefix(text) { return place..<index(place, offsetBy: text.count) }
            start = index(after: place)
        }
        return nil
    }

    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
