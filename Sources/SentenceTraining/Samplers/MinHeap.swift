// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Values of which the least one is taken first: a binary heap.
struct MinHeap<Element: Comparable & Sendable>: Sendable {
    private var elements: [Element] = []

    /// The least value; nil if there is none.
    var first: Element? { elements.first }

    /// Adds a value.
    mutating func insert(_ element: Element) {
        var index = elements.count
        elements.append(element)
        while index > 0, case let parent = (index - 1) / 2, elements[index] < elements[parent] {
            elements.swapAt(index, parent)
            index = parent
        }
    }

    /// Takes out the least value; nil if there is none.
    mutating func removeFirst() -> Element? {
        guard let first = elements.first else { return nil }
        let last = elements.removeLast()
        guard !elements.isEmpty else { return first }
        elements[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < elements.count && elements[child] < elements[least] {
                least = child
            }
            guard least != index else { return first }
            elements.swapAt(index, least)
            index = least
        }
    }
}
