// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The elements of a sparse matrix by column: for each column the rows that have it, in blocks of rows.
///
/// Zobel and Moffat, *Inverted Files for Text Search Engines*, 2006, <https://doi.org/10.1145/1132956.1132959>.
struct PostingLists: Sendable {
    /// The elements of one column in one block of rows.
    struct Segment: Sendable {
        /// The index of the block.
        let block: Int32
        /// The number of elements; negative if the segment has a weight for every row of its block, zeros included.
        let count: Int32
        /// The largest absolute weight.
        let maximum: Float
        /// Where the segment's elements begin, in `rows` and `weights`, or in `dense`.
        let start: Int

        var isDense: Bool { count < 0 }
        /// The number of weights.
        var weightCount: Int { Int(abs(count)) }
    }

    /// The number of rows of a block: their scores fit the first-level cache, and their offsets 16 bits.
    static let blockRows = 8192
    /// A segment is dense if it has at least one of so many rows.
    private static let denseShare = 3

    /// Where each column's segments begin, then the number of all: `[columns + 1]`.
    let segmentOffsets: [Int]
    /// The segments of all columns, those of a column by ascending blocks.
    let segments: [Segment]
    /// The rows of the elements in segments that are not dense, counted from the beginning of the block.
    let rows: [UInt16]
    /// The elements at these rows.
    let weights: [Float]
    /// The weights of dense segments.
    let dense: [Float]

    /// The number of blocks for a number of rows.
    static func blocks(rows: Int) -> Int { (rows + blockRows - 1) / blockRows }

    /// The rows of a block.
    static func rows(ofBlock block: Int, of count: Int) -> Range<Int> {
        block * blockRows..<min(count, (block + 1) * blockRows)
    }

    /// The lists of a matrix, built on the threads of the current execution; the same for any number of them.
    init(_ matrix: SparseMatrix) {
        let counts = Self.columnCounts(matrix)
        var offsets = [Int](repeating: 0, count: matrix.columns + 1)
        for block in counts { for entry in block { offsets[Int(entry.column) + 1] += 1 } }
        for column in 0..<matrix.columns { offsets[column + 1] += offsets[column] }
        // The blocks in ascending order, so that each column's segments are too.
        var places = offsets
        var found = [ColumnCount](
            repeating: ColumnCount(block: 0, column: 0, count: 0, maximum: 0), count: offsets.last!)
        for block in counts {
            for entry in block {
                found[places[Int(entry.column)]] = entry
                places[Int(entry.column)] += 1
            }
        }
        var sparseCount = 0, denseCount = 0
        let segments = found.map { entry in
            let blockCount = Self.rows(ofBlock: Int(entry.block), of: matrix.rows).count
            let isDense = Int(entry.count) * Self.denseShare >= blockCount
            let count = isDense ? blockCount : Int(entry.count)
            defer { if isDense { denseCount += count } else { sparseCount += count } }
            return Segment(
                block: entry.block, count: Int32(isDense ? -count : count), maximum: entry.maximum,
                start: isDense ? denseCount : sparseCount)
        }
        (segmentOffsets, self.segments) = (offsets, segments)
        (rows, weights, dense) = Self.fill(
            matrix, counts, offsets, segments, sparseCount: sparseCount, denseCount: denseCount)
    }

    /// The number of elements of one column in one block.
    private struct ColumnCount {
        var block: Int32
        var column: Int32
        var count: Int32
        var maximum: Float
    }

    /// For each block the columns that its rows have, in ascending order.
    private static func columnCounts(_ matrix: SparseMatrix) -> [[ColumnCount]] {
        let blocks = blocks(rows: matrix.rows)
        return [[ColumnCount]](unsafeUninitializedCapacity: blocks) { out, initialized in
            // Every block initializes only its own element.
            nonisolated(unsafe) let out = out.baseAddress
            Parallel.forEach(blocks) { block in
                var entries: [ColumnCount] = []
                var places = [Int32](repeating: -1, count: matrix.columns)
                for place in elements(of: block, in: matrix) {
                    let column = matrix.indices[place], magnitude = abs(matrix.values[place])
                    if places[Int(column)] < 0 {
                        places[Int(column)] = Int32(entries.count)
                        entries.append(ColumnCount(block: Int32(block), column: column, count: 1, maximum: magnitude))
                    } else {
                        let entry = Int(places[Int(column)])
                        entries[entry].count += 1
                        entries[entry].maximum = max(entries[entry].maximum, magnitude)
                    }
                }
                entries.sort { $0.column < $1.column }
                (out! + block).initialize(to: entries)
            }
            initialized = blocks
        }
    }

    /// Puts the elements of each block into its segments.
    private static func fill(
        _ matrix: SparseMatrix, _ counts: [[ColumnCount]], _ offsets: [Int], _ segments: [Segment],
        sparseCount: Int, denseCount: Int
    ) -> (rows: [UInt16], weights: [Float], dense: [Float]) {
        var rows = [UInt16](repeating: 0, count: sparseCount), weights = [Float](repeating: 0, count: sparseCount)
        var dense = [Float](repeating: 0, count: denseCount)
        rows.withUnsafeMutableBufferPointer { rows in
            weights.withUnsafeMutableBufferPointer { weights in
                dense.withUnsafeMutableBufferPointer { dense in
                    // Every block writes only into its own segments.
                    nonisolated(unsafe) let (rows, weights, dense) = (rows, weights, dense)
                    Parallel.forEach(counts.count) { block in
                        var next = [Int](repeating: 0, count: matrix.columns)
                        // Dense segments are marked by their complement.
                        for entry in counts[block] {
                            let segment = Self.segment(of: Int(entry.column), block, offsets, segments)
                            next[Int(entry.column)] = segment.isDense ? ~segment.start : segment.start
                        }
                        for (local, row) in Self.rows(ofBlock: block, of: matrix.rows).enumerated() {
                            for place in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
                                let column = Int(matrix.indices[place]), start = next[column]
                                if start < 0 {
                                    dense[~start + local] = matrix.values[place]
                                } else {
                                    rows[start] = UInt16(local)
                                    weights[start] = matrix.values[place]
                                    next[column] = start + 1
                                }
                            }
                        }
                    }
                }
            }
        }
        return (rows, weights, dense)
    }

    /// The segment of a column in a block that has it.
    private static func segment(of column: Int, _ block: Int, _ offsets: [Int], _ segments: [Segment]) -> Segment {
        var low = offsets[column], high = offsets[column + 1] - 1
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].block < block { low = middle + 1 } else { high = middle }
        }
        return segments[low]
    }

    /// The places of all elements of a block's rows.
    private static func elements(of block: Int, in matrix: SparseMatrix) -> Range<Int> {
        let rows = rows(ofBlock: block, of: matrix.rows)
        return matrix.rowOffsets[rows.lowerBound]..<matrix.rowOffsets[rows.upperBound]
    }
}
