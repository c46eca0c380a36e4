// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The batches of one data set in one epoch, one after another.
protocol BatchSequence: Sendable {
    /// The rows of the next batch; nil after the last.
    mutating func next() -> [Int]?
}

/// Rows in a given order, cut into batches.
struct OrderedBatches: BatchSequence {
    /// The number of rows.
    let count: Int
    let batchSize: Int
    let dropsLast: Bool
    /// The order; that of the file if nil.
    let order: KeyedPermutation?
    private var place = 0

    init(count: Int, batchSize: Int, dropsLast: Bool, order: KeyedPermutation?) {
        (self.count, self.batchSize, self.dropsLast, self.order) = (count, batchSize, dropsLast, order)
    }

    mutating func next() -> [Int]? {
        let end = min(count, place + batchSize)
        guard place < end, !dropsLast || end - place == batchSize else { return nil }
        defer { place = end }
        return (place..<end).map { order?[$0] ?? $0 }
    }
}

/// Batches with the longest one first: if memory does not suffice, the first step shows it, and not one after hours.
struct LongestFirst: Sendable {
    /// How many batches there are.
    private(set) var count = 0
    /// The bytes of the longest batch.
    private(set) var longest = -1

    private var rest: any BatchSequence
    private var first: [Int]?
    /// Where the longest batch stands among the others.
    private var firstIndex = -1
    private var index = 0

    /// Looks at all batches once.
    ///
    /// - Parameters:
    ///   - batches: The batches.
    ///   - byteCount: How long a row is; nil to leave the batches in their order, and only to count them.
    init(_ batches: any BatchSequence, byteCount: ((Int) -> Int)?) {
        rest = batches
        var scan = batches
        while let rows = scan.next() {
            let bytes = byteCount.map { length in rows.reduce(0) { $0 + length($1) } } ?? -1
            if bytes > longest { (longest, first, firstIndex) = (bytes, rows, count) }
            count += 1
        }
    }

    /// The rows of the next batch; nil after the last.
    mutating func next() -> [Int]? {
        if let first {
            self.first = nil
            return first
        }
        defer { index += 1 }
        if index == firstIndex {
            _ = rest.next()
            index += 1
        }
        return rest.next()
    }
}
