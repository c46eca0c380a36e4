// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Takes the pairs of one thread that score high enough.
protocol PairTaker: AnyObject, SendableMetatype {
    /// For each query the least score that it wants; may rise while pairs are taken.
    var queryFloors: UnsafePointer<Float> { get }

    /// The least score that a row wants, of no query either that it does not want.
    func floor(ofRow row: Int) -> Float

    /// Takes pairs of a row, all that it or the query wants and perhaps others.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - queries: The indices of queries, ascending.
    ///   - scores: Their scores with the row.
    ///   - count: The number of pairs.
    func take(row: Int, _ queries: UnsafePointer<UInt32>, _ scores: UnsafePointer<Float>, count: Int)
}

/// The same floor for all queries.
///
/// `@unchecked Sendable`: nobody writes to the memory once it is filled.
final class EqualFloors: @unchecked Sendable {
    let floor: Float
    let start: UnsafePointer<Float>

    init(_ floor: Float, count: Int) {
        let all = UnsafeMutablePointer<Float>.allocate(capacity: max(1, count))
        all.initialize(repeating: floor, count: count)
        self.floor = floor
        start = UnsafePointer(all)
    }

    deinit { start.deallocate() }
}

/// Compares queries with the rows of a corpus from some row on, and hands over the pairs that score high enough.
///
/// Where scores are products of unit vectors, and few pairs are wanted, most are ruled out by bounds of their scores.
struct PairScan: Sendable {
    /// How many bytes of rows are compared together; they stay in the L2 cache.
    private static let blockByteCount = 1 << 17
    /// How many queries they are compared with at a time: so many that what is done once for the rows costs little.
    private static let blockQueries = 2048
    /// If more than one of so many pairs is not ruled out, exact scores of all are computed at once.
    private static let screenedShare = 12

    let corpus: SearchCorpus
    let queries: Matrix
    let function: SimilarityFunction
    let firstRow: Int
    /// The bounds of scores with the queries, and what each row adds to them; nil if there are none.
    var bounds: (queries: ProductBounds, rows: [RoundingLoss])?
    let threads: Int?
    /// Called on any thread with a number of rows that are compared; if it throws, the scan ends.
    var onRows: (@Sendable (Int) throws -> Void)?

    /// Compares everything.
    ///
    /// - Parameter makeTaker: Makes what takes the pairs of another thread.
    /// - Returns: The takers, of which each has seen some of the rows, in no particular order.
    /// - Throws: An error of the corpus, or of `onRows`.
    func run<Taker: PairTaker>(_ makeTaker: @escaping @Sendable () -> Taker) throws -> [Taker] {
        let count = corpus.rows - firstRow
        let work = Double(count) * Double(queries.rows) * Double(max(1, corpus.columns))
        let chunks = RowChunks(rows: count, work: work, threads: threads ?? Parallel.availableThreads)
        let workers = try chunks.forEach {
            Worker(self, taker: makeTaker())
        } body: { worker, chunk in
            try worker.scan(firstRow + chunk.lowerBound..<firstRow + chunk.upperBound)
            try onRows?(chunk.count)
        }
        try corpus.source.finish()
        return workers.map(\.taker)
    }

    /// The memory of one thread.
    ///
    /// `@unchecked Sendable`: the thread of a chunk is its only user.
    private final class Worker<Taker: PairTaker>: @unchecked Sendable {
        let taker: Taker
        private let scan: PairScan
        private let blockRows: Int
        private let blockQueries: Int
        private let rows: BufferPool.Buffer
        private let numbers: BufferPool.Buffer
        private let scores: BufferPool.Buffer
        private let indices: BufferPool.Buffer
        private let kernels = RowSearchKernels()
        /// Whether bounds rule out most pairs, as far as is known.
        private var screens = true

        init(_ scan: PairScan, taker: Taker) {
            self.scan = scan
            self.taker = taker
            let rowByteCount = max(1, scan.corpus.source.rowByteCount)
            blockRows = min(RowChunks.mostRows, max(16, PairScan.blockByteCount / rowByteCount / 16 * 16))
            blockQueries = min(scan.queries.rows, PairScan.blockQueries)
            rows = BufferPool.shared.take(byteCount: blockRows * rowByteCount)
            numbers = BufferPool.shared.take(byteCount: blockRows * blockQueries * MemoryLayout<Float>.stride)
            scores = BufferPool.shared.take(byteCount: blockQueries * MemoryLayout<Float>.stride)
            indices = BufferPool.shared.take(byteCount: blockQueries * MemoryLayout<UInt32>.stride)
        }

        deinit { for buffer in [rows, numbers, scores, indices] { BufferPool.shared.giveBack(buffer) } }

        func scan(_ chunk: Range<Int>) throws {
            for first in stride(from: chunk.lowerBound, to: chunk.upperBound, by: blockRows) {
                let block = RowBlock(first: first, count: min(blockRows, chunk.upperBound - first), indices: nil)
                try scan.corpus.source.withRows(block, buffer: rows.address) { start, _ in
                    compare(start.assumingMemoryBound(to: Float.self), block)
                }
            }
        }

        private func compare(_ start: UnsafePointer<Float>, _ block: RowBlock) {
            scan.queries.tensor.withUnsafeBytes { bytes in
                guard let queries = bytes.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
                for first in stride(from: 0, to: scan.queries.rows, by: blockQueries) {
                    compare(start, block, queries, first..<min(first + blockQueries, scan.queries.rows))
                }
            }
        }

        private func compare(
            _ start: UnsafePointer<Float>, _ block: RowBlock, _ queries: UnsafePointer<Float>, _ range: Range<Int>
        ) {
            let size = scan.queries.columns
            let numbers = numbers.address.assumingMemoryBound(to: Float.self)
            let scores = scores.address.assumingMemoryBound(to: Float.self)
            let indices = indices.address.assumingMemoryBound(to: UInt32.self)
            let bounds = screens ? scan.bounds : nil
            let some = RowSearchKernels.Rows(queries + range.lowerBound * size, count: range.count, size: size)
            if let bounds {
                bounds.queries(start, count: block.count, queries: range, into: numbers, stride: range.count)
            } else {
                let rows = RowSearchKernels.Rows(start, count: block.count, size: size)
                kernels.scores(scan.function, some, rows, into: numbers, stride: range.count)
            }
            var found = 0
            for position in 0..<block.count {
                let row = block[position], numbers = numbers + position * range.count
                let count = kernels.select(
                    numbers, plus: bounds?.rows[row].left ?? 0, atLeast: taker.floor(ofRow: row),
                    orFloors: taker.queryFloors + range.lowerBound, count: range.count, into: indices)
                guard count > 0 else { continue }
                found += count
                if bounds != nil {
                    let candidates = RowSearchKernels.Rows(some.start, at: indices, count: count, size: size)
                    let one = RowSearchKernels.Rows(start + position * size, count: 1, size: size)
                    kernels.products(candidates, one, into: scores, stride: count)
                } else {
                    for place in 0..<count { scores[place] = numbers[Int(indices[place])] }
                }
                if range.lowerBound > 0 { for place in 0..<count { indices[place] += UInt32(range.lowerBound) } }
                taker.take(row: row, indices, scores, count: count)
            }
            screens = found * PairScan.screenedShare <= block.count * range.count
        }
    }
}
