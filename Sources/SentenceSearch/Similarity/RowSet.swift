// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A set of rows that a search may return, one bit a row.
///
/// ```swift
/// let german = RowSet(count: corpus.rows) { languages[$0] == "de" }
/// let hits = try semanticSearch(queries, in: corpus, topK: 5, allowed: german)
/// ```
public struct RowSet: Sendable, Hashable {
    /// The number of rows that there are, in the set or not.
    public let capacity: Int
    /// The number of rows in the set.
    public private(set) var count: Int
    /// Bit `row % 64` of word `row / 64` is set for a row of the set.
    private var words: [UInt64]

    /// An empty set.
    private init(empty capacity: Int) {
        self.capacity = max(0, capacity)
        count = 0
        words = [UInt64](repeating: 0, count: (self.capacity + 63) / 64)
    }

    /// The rows below `count` for which a condition holds.
    ///
    /// - Throws: What the condition throws.
    public init(count: Int, where isIncluded: (Int) throws -> Bool) rethrows {
        self.init(empty: count)
        for row in 0..<capacity where try isIncluded(row) { insert(row) }
    }

    /// The given rows, in any order; one that is given twice counts once.
    ///
    /// - Parameters:
    ///   - rows: Numbers from 0 to below `count`.
    ///   - count: The number of rows that there are.
    /// - Throws: ``SearchError`` with code `invalidArgument` for another row.
    public init(_ rows: some Sequence<Int>, count: Int) throws {
        self.init(empty: count)
        for row in rows {
            guard row >= 0, row < capacity else {
                throw SearchError(.invalidArgument, "row \(row) is not one of \(capacity) rows")
            }
            insert(row)
        }
    }

    private mutating func insert(_ row: Int) {
        let bit = UInt64(1) << UInt64(row % 64)
        if words[row / 64] & bit == 0 { count += 1 }
        words[row / 64] |= bit
    }

    /// Whether a row is in the set.
    public func contains(_ row: Int) -> Bool {
        row >= 0 && row < capacity && words[row / 64] >> UInt64(row % 64) & 1 == 1
    }

    /// Refuses a set of another number of rows.
    package func check(_ rows: Int) throws {
        guard capacity == rows else {
            throw SearchError(
                .invalidArgument, "the set of allowed rows is for \(capacity) rows, the corpus has \(rows)")
        }
    }

    /// Writes the rows of a range that are in the set, minus its lower bound.
    ///
    /// - Parameters:
    ///   - range: Begins at a multiple of 64.
    ///   - out: Has room for the whole range.
    /// - Returns: How many there are.
    func indices(in range: Range<Int>, into out: UnsafeMutablePointer<UInt32>) -> Int {
        var found = 0
        for word in range.lowerBound / 64..<(range.upperBound + 63) / 64 {
            var bits = words[word]
            while bits != 0 {
                let row = word * 64 + bits.trailingZeroBitCount - range.lowerBound
                bits &= bits - 1
                guard row < range.count else { break }
                out[found] = UInt32(row)
                found += 1
            }
        }
        return found
    }
}
