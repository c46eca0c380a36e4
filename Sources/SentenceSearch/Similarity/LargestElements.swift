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
        // A heap whose root is the smallest element kept; a later element that ties with it stays out.
        var heap: [(key: Float, index: Int)] = []
        heap.reserveCapacity(count)
        func isLess(_ a: (key: Float, index: Int), _ b: (key: Float, index: Int)) -> Bool {
            b.key.ranks(before: a.key) || (!a.key.ranks(before: b.key) && a.index > b.index)
        }
        func sink(_ start: Int) {
            var place = start
            while true {
                let left = 2 * place + 1, right = left + 1
                var least = place
                if left < heap.count, isLess(heap[left], heap[least]) { least = left }
                if right < heap.count, isLess(heap[right], heap[least]) { least = right }
                if least == place { return }
                heap.swapAt(place, least)
                place = least
            }
        }
        for (index, element) in elements.enumerated() {
            let entry = (key: key(element), index: index)
            if heap.count < count {
                heap.append(entry)
                if heap.count == count { for place in (0..<count / 2).reversed() { sink(place) } }
            } else if let root = heap.first, isLess(root, entry) {
                heap[0] = entry
                sink(0)
            }
        }
        return heap.map(\.index).sorted()
    }
}
