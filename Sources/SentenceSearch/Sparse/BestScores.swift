// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The best of the scores offered so far, at most a given number; of equal ones those of lower index.
struct BestScores {
    /// How many are kept at most.
    let capacity: Int
    /// A heap whose first element is the worst one kept.
    private var heap: [ScoredIndex] = []

    init(capacity: Int) { self.capacity = capacity }

    /// Whether a score must beat the worst one kept to be kept itself.
    var isFull: Bool { heap.count >= capacity }
    /// The worst score kept; nil while there is room for any.
    var threshold: Float? { isFull ? heap.first?.score : nil }

    /// Keeps a score if it is one of the best.
    mutating func offer(_ candidate: ScoredIndex) {
        if heap.count < capacity {
            heap.append(candidate)
            var place = heap.count - 1
            while place > 0, Self.isBetter(heap[(place - 1) / 2], heap[place]) {
                heap.swapAt(place, (place - 1) / 2)
                place = (place - 1) / 2
            }
        } else if let worst = heap.first, Self.isBetter(candidate, worst) {
            heap[0] = candidate
            sink()
        }
    }

    /// The scores kept, best first.
    var sorted: [ScoredIndex] { heap.sorted(by: Self.isBetter) }

    private mutating func sink() {
        var place = 0
        while true {
            let left = 2 * place + 1, right = left + 1
            var worst = place
            if left < heap.count, Self.isBetter(heap[worst], heap[left]) { worst = left }
            if right < heap.count, Self.isBetter(heap[worst], heap[right]) { worst = right }
            if worst == place { return }
            heap.swapAt(place, worst)
            place = worst
        }
    }

    /// Whether `a` ranks before `b`: by score, NaN last, then by index.
    static func isBetter(_ a: ScoredIndex, _ b: ScoredIndex) -> Bool {
        a.score.ranks(before: b.score) || (!b.score.ranks(before: a.score) && a.index < b.index)
    }
}
