// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The best of many scores, in a heap whose root is the worst one kept.
///
/// The order is total (larger scores first, NaN last, ties by the lower index), so what is kept does not depend on the
/// order in which scores are inserted.
struct BestScores {
    /// How many are kept at most, at least 1.
    let capacity: Int
    private var heap: [ScoredIndex] = []

    init(capacity: Int) { self.capacity = capacity }

    /// The smallest score that may still enter, if the index is larger than all kept ones; nil if any may, even NaN.
    var bound: Float? {
        guard heap.count == capacity, let worst = heap.first?.score else { return nil }
        return worst.isNaN ? -.infinity : worst.nextUp
    }

    /// The worst score kept; nil while there is room for any.
    var worst: Float? { heap.count == capacity ? heap.first?.score : nil }

    /// Keeps a score if it is among the best so far.
    mutating func insert(_ entry: ScoredIndex) {
        if heap.count < capacity {
            heap.append(entry)
            var place = heap.count - 1
            while place > 0, case let parent = (place - 1) / 2, heap[parent].ranks(before: heap[place]) {
                heap.swapAt(place, parent)
                place = parent
            }
        } else if entry.ranks(before: heap[0]) {
            heap[0] = entry
            sink()
        }
    }

    /// Restores the heap below its root.
    private mutating func sink() {
        var place = 0
        while true {
            let left = 2 * place + 1, right = left + 1
            var worst = place
            if left < heap.count, heap[worst].ranks(before: heap[left]) { worst = left }
            if right < heap.count, heap[worst].ranks(before: heap[right]) { worst = right }
            if worst == place { return }
            heap.swapAt(place, worst)
            place = worst
        }
    }

    /// Keeps the best of both.
    mutating func merge(_ other: BestScores) {
        for entry in other.heap { insert(entry) }
    }

    /// What is kept, best first.
    var sorted: [ScoredIndex] { heap.sorted { $0.ranks(before: $1) } }
}

extension ScoredIndex {
    /// Whether this score comes first: if it is larger, or equal and at a lower index; NaN comes last.
    func ranks(before other: ScoredIndex) -> Bool {
        score.ranks(before: other.score) || (!other.score.ranks(before: score) && index < other.index)
    }
}
