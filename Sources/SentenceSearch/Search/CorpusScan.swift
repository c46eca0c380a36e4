// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Takes the scores of one thread, block by block.
protocol ScoreCollector: AnyObject, SendableMetatype {
    /// - Parameters:
    ///   - query: The index of a query.
    ///   - scores: Its scores with the rows of the block.
    ///   - rows: The rows.
    ///   - selected: Room for as many indices as there are rows.
    func collect(
        query: Int, _ scores: UnsafePointer<Float>, of rows: RowBlock, selected: UnsafeMutablePointer<UInt32>)
}

/// Compares queries with all rows of a corpus, or with those of a set.
///
/// Threads take chunks of rows; of each they score blocks that fit in the caches and hand the scores to a collector, so
/// that no matrix of all scores exists. A score does not depend on chunks and blocks.
struct CorpusScan: Sendable {
    /// How many bytes of rows, as float32, are scored together; they stay in the L2 cache.
    private static let blockByteCount = 1 << 17
    /// The same for few queries, which leave room; what happens between blocks then takes a smaller part of the time.
    private static let (fewQueries, largeBlockByteCount) = (4, 1 << 19)
    /// How many bytes of queries are scored together; they stay in the L2 cache beside the rows.
    private static let queryByteCount = 1 << 18

    let corpus: SearchCorpus
    let queries: any ScanQueries
    let allowed: RowSet?
    let threads: Int
    /// Called after each chunk with its number of rows; if it throws, the scan ends.
    var onChunk: (@Sendable (Int) throws -> Void)?

    /// Scores everything.
    ///
    /// - Parameter makeCollector: Makes a collector for another thread.
    /// - Returns: The collectors, of which each has seen some of the rows, in no particular order.
    /// - Throws: An error of the source, or of `onChunk`.
    func run<Collector: ScoreCollector>(_ makeCollector: @escaping @Sendable () -> Collector) throws -> [Collector] {
        let rows = corpus.rows
        guard rows > 0, queries.count > 0, allowed.map({ $0.count > 0 }) ?? true else { return [] }
        let work = Double(rows) * Double(queries.count) * Double(max(1, corpus.columns))
        let chunks = RowChunks(rows: rows, work: work, threads: threads)
        let workers = try chunks.forEach {
            Worker(self, collector: makeCollector())
        } body: { worker, range in
            try worker.scan(range)
            try onChunk?(range.count)
        }
        try corpus.source.finish()
        return workers.map(\.collector)
    }

    /// The memory of one thread.
    ///
    /// `@unchecked Sendable`: a thread takes it from the list of free ones for a chunk, and is then its only user.
    private final class Worker<Collector: ScoreCollector>: @unchecked Sendable {
        let collector: Collector
        private let scan: CorpusScan
        private let blockRows: Int
        private let blockQueries: Int
        private let buffer: BufferPool.Buffer
        private let scratch: BufferPool.Buffer
        private let scores: BufferPool.Buffer
        private let indices: BufferPool.Buffer

        init(_ scan: CorpusScan, collector: Collector) {
            self.scan = scan
            self.collector = collector
            let rowByteCount = max(4 * scan.corpus.columns, scan.corpus.source.rowByteCount, 1)
            let isLarge = scan.queries.count <= CorpusScan.fewQueries
            let blockByteCount = isLarge ? CorpusScan.largeBlockByteCount : CorpusScan.blockByteCount
            // A multiple of 16, the widest vector.
            blockRows = min(RowChunks.mostRows, max(16, blockByteCount / rowByteCount / 16 * 16))
            let fitting = CorpusScan.queryByteCount / max(1, scan.queries.queryByteCount) / 16 * 16
            blockQueries = min(scan.queries.count, max(16, min(fitting, 1024)))
            buffer = BufferPool.shared.take(byteCount: blockRows * scan.corpus.source.rowByteCount)
            scratch = BufferPool.shared.take(byteCount: scan.queries.scratchByteCount(rows: blockRows))
            scores = BufferPool.shared.take(byteCount: blockRows * blockQueries * MemoryLayout<Float>.stride)
            // Those of a chunk that are allowed, and those of a block that are selected.
            indices = BufferPool.shared.take(byteCount: 2 * RowChunks.mostRows * MemoryLayout<UInt32>.stride)
        }

        deinit { for buffer in [buffer, scratch, scores, indices] { BufferPool.shared.giveBack(buffer) } }

        func scan(_ chunk: Range<Int>) throws {
            let indices = indices.address.assumingMemoryBound(to: UInt32.self)
            let count = scan.allowed?.indices(in: chunk, into: indices) ?? chunk.count
            let isWhole = count == chunk.count
            for first in stride(from: 0, to: count, by: blockRows) {
                let size = min(blockRows, count - first)
                try score(
                    isWhole
                        ? RowBlock(first: chunk.lowerBound + first, count: size, indices: nil)
                        : RowBlock(first: chunk.lowerBound, count: size, indices: indices + first),
                    selected: indices + RowChunks.mostRows)
            }
        }

        private func score(_ block: RowBlock, selected: UnsafeMutablePointer<UInt32>) throws {
            let scores = scores.address.assumingMemoryBound(to: Float.self), queries = scan.queries
            try scan.corpus.source.withRows(block, buffer: buffer.address) { start, indices in
                let rows = queries.prepare(start, at: indices, count: block.count, scratch: scratch.address)
                for first in stride(from: 0, to: queries.count, by: blockQueries) {
                    let range = first..<min(first + blockQueries, queries.count)
                    queries.score(rows, queries: range, into: scores, stride: blockRows)
                    for query in range {
                        collector.collect(
                            query: query, scores + (query - first) * blockRows, of: block, selected: selected)
                    }
                }
            }
        }
    }
}
