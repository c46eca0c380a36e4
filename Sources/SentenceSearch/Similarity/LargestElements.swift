// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds the largest of many numbers.
package enum LargestElements {
    /// The indices of the `count` largest elements by `key`, in ascending order; ties go to the first, NaN ranks last.
    package static func indices(
        _ elements: UnsafeBufferPointer<Float>, count: Int, by key: (Float) -> Float
    ) -> [Int] {
        guard count < elements.count else { return Array(elements.indices) }
        guard count > 0 else { return [] }
        var best = BestScores(capacity: count)
        for (index, element) in elements.enumerated() { best.insert(ScoredIndex(index: index, score: key(element))) }
        return best.sorted.map(\.index).sorted()
    }
}
