// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The best neighbours of many rows: one heap a row, all in one allocation, of 8 bytes a neighbour.
///
/// Like ``BestScores`` in an order that is total, but for as many rows as a corpus has. Scores that are NaN never enter.
///
/// `@unchecked Sendable`: during a scan each row belongs to one thread, which alone changes it; between scans only the
/// caller does.
final class NeighbourHeaps: @unchecked Sendable {
    let rows: Int
    /// How many neighbours a row has at most, at least 1.
    let capacity: Int
    /// For each row the least score that may still enter, if its index is low enough.
    let bounds: UnsafeMutablePointer<Float>
    private let entries: UnsafeMutablePointer<Neighbour>
    private let counts: UnsafeMutablePointer<UInt32>

    /// Empty heaps.
    init(rows: Int, capacity: Int) {
        self.rows = rows
        self.capacity = capacity
        // The system provides the memory of entries when they are written.
        entries = .allocate(capacity: max(1, rows * capacity))
        counts = .allocate(capacity: max(1, rows))
        counts.initialize(repeating: 0, count: rows)
        bounds = .allocate(capacity: max(1, rows))
        bounds.initialize(repeating: -.infinity, count: rows)
    }

    deinit {
        entries.deallocate()
        counts.deallocate()
        bounds.deallocate()
    }

    /// Refuses lower scores from now on, in all rows.
    func raiseBounds(to floor: Float) {
        for row in 0..<rows { bounds[row] = max(bounds[row], floor) }
    }

    /// Keeps a neighbour of a row if it is among the best so far.
    func insert(_ neighbour: Neighbour, of row: Int) {
        guard neighbour.score >= bounds[row] else { return }
        let heap = entries + row * capacity, count = Int(counts[row])
        if count < capacity {
            heap[count] = neighbour
            counts[row] += 1
            var place = count
            while place > 0, case let parent = (place - 1) / 2, heap[parent].ranks(before: heap[place]) {
                (heap[place], heap[parent]) = (heap[parent], heap[place])
                place = parent
            }
            if count + 1 == capacity { bounds[row] = max(bounds[row], heap[0].score) }
        } else if neighbour.ranks(before: heap[0]) {
            heap[0] = neighbour
            var place = 0
            while true {
                let left = 2 * place + 1, right = left + 1
                var worst = place
                if left < count, heap[worst].ranks(before: heap[left]) { worst = left }
                if right < count, heap[worst].ranks(before: heap[right]) { worst = right }
                if worst == place { break }
                (heap[place], heap[worst]) = (heap[worst], heap[place])
                place = worst
            }
            bounds[row] = max(bounds[row], heap[0].score)
        }
    }

    /// The neighbours of a row, in no particular order.
    subscript(row: Int) -> UnsafeBufferPointer<Neighbour> {
        UnsafeBufferPointer(start: entries + row * capacity, count: Int(counts[row]))
    }

    /// The worst neighbour of a row that has as many as it may; nil if it has fewer.
    func worst(of row: Int) -> Neighbour? { counts[row] == capacity ? entries[row * capacity] : nil }

    /// The neighbours of a row, best first.
    func sorted(_ row: Int) -> [Neighbour] { self[row].sorted { $0.ranks(before: $1) } }
}
