// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// Batches in which no text occurs twice, in any column.
///
/// Rows are taken in a random order. One that shares a text with the batch waits for a later batch, in which those that
/// have waited come first. Each row waits for one text that it shares, so that a batch looks at one row for each text
/// that others wait for, and not at all that wait: the work grows with the number of rows, however many are alike.
struct NoDuplicateBatches: BatchSequence {
    let order: KeyedPermutation
    let hashes: TextHashes
    let batchSize: Int
    let dropsLast: Bool

    /// How many places of the order have been looked at.
    private var place = 0
    /// The places that wait, by the text for which they do.
    private var queues: [UInt64: MinHeap<Int>] = [:]
    /// The first places of queues; those that are no longer the first are passed over.
    private var heads = MinHeap<Head>()

    private struct Head: Comparable {
        let place: Int
        let text: UInt64

        static func < (a: Head, b: Head) -> Bool { a.place < b.place }
    }

    init(order: KeyedPermutation, hashes: TextHashes, batchSize: Int, dropsLast: Bool) {
        (self.order, self.hashes, self.batchSize, self.dropsLast) = (order, hashes, batchSize, dropsLast)
    }

    mutating func next() -> [Int]? {
        while true {
            let rows = gather()
            if rows.count == batchSize { return rows }
            if rows.isEmpty { return nil }
            if !dropsLast { return rows }
        }
    }

    /// The rows of the next batch, fewer if no others fit; none if none are left.
    private mutating func gather() -> [Int] {
        var rows: [Int] = [], texts: Set<UInt64> = []
        while rows.count < batchSize, let next = nextPlace(texts) {
            let row = order[next.place]
            let own = hashes[row]
            if let shared = own.first(where: texts.contains) {
                queues[shared, default: MinHeap()].insert(next.place)
            } else {
                rows.append(row)
                texts.formUnion(own)
            }
            if let text = next.text, !texts.contains(text) { showHead(of: text) }
        }
        for text in texts { showHead(of: text) }
        return rows
    }

    /// The next place to look at, and the text for which it waited.
    private mutating func nextPlace(_ texts: Set<UInt64>) -> (place: Int, text: UInt64?)? {
        while let head = heads.removeFirst() {
            // The others wait at least until the next batch, when their first one is shown again.
            if texts.contains(head.text) { continue }
            guard queues[head.text]?.first == head.place else { continue }
            _ = queues[head.text]?.removeFirst()
            if queues[head.text]?.first == nil { queues[head.text] = nil }
            return (head.place, head.text)
        }
        guard place < order.count else { return nil }
        defer { place += 1 }
        return (place, nil)
    }

    private mutating func showHead(of text: UInt64) {
        if let first = queues[text]?.first { heads.insert(Head(place: first, text: text)) }
    }
}

/// Hashes of the texts that a loss sees of each row: 8 bytes for each text.
struct TextHashes: Sendable {
    private let hashes: [UInt64]
    private let width: Int

    /// Reads all rows once.
    ///
    /// - Throws: ``TrainingError`` if a row can no longer be read.
    init(_ data: TrainingData, _ arrangement: ColumnArrangement) throws {
        width = arrangement.inputNames.count
        hashes = try data.numbers(perRow: width) { row, hashes in
            for (index, text) in arrangement.texts(row).enumerated() { hashes[index] = ByteHash(text).value }
        }
    }

    /// Those of a row.
    subscript(row: Int) -> ArraySlice<UInt64> { hashes[row * width..<(row + 1) * width] }
}
