// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension TrainingData {
    /// Pairs of texts that belong together, as `anchor` and `positive`.
    ///
    /// - Throws: ``TrainingError`` with the number of a row that has an empty text.
    public init(pairs: [(String, String)]) throws {
        try self.init(columns: ["anchor", "positive"], rows: pairs.map { [.text($0.0), .text($0.1)] })
    }

    /// Pairs of texts with a score each, as `sentence1`, `sentence2` and `score`.
    ///
    /// - Throws: ``TrainingError`` with the number of a row that does not fit, or if there are not as many scores.
    public init(pairs: [(String, String)], scores: [Double]) throws {
        guard pairs.count == scores.count else {
            throw TrainingError(
                .invalidArgument, "found \(scores.count) scores for \(pairs.count) pairs; expected one for each")
        }
        try self.init(
            columns: ["sentence1", "sentence2", "score"],
            rows: zip(pairs, scores).map { [.text($0.0), .text($0.1), .number($1)] })
    }

    /// Texts with one that belongs to each and one that does not, as `anchor`, `positive` and `negative`.
    ///
    /// - Throws: ``TrainingError`` with the number of a row that has an empty text.
    public init(triplets: [(String, String, String)]) throws {
        try self.init(
            columns: ["anchor", "positive", "negative"],
            rows: triplets.map { [.text($0.0), .text($0.1), .text($0.2)] })
    }

    /// So many numbers for every row, those of row 0 first, which all threads compute.
    ///
    /// - Parameters:
    ///   - width: The numbers of a row.
    ///   - body: Writes the numbers of a row, given its values.
    /// - Returns: The numbers, `[count * width]`.
    /// - Throws: ``TrainingError`` if a row can no longer be read.
    func numbers<Number: BinaryInteger & Sendable>(
        perRow width: Int, _ body: @escaping @Sendable ([TrainingValue], UnsafeMutableBufferPointer<Number>) -> Void
    ) throws -> [Number] {
        let blockSize = 4096
        let data = self
        return try [Number](unsafeUninitializedCapacity: count * width) { buffer, initialized in
            buffer.initialize(repeating: 0)
            initialized = buffer.count
            // Every block writes only its own rows.
            nonisolated(unsafe) let buffer = buffer
            try Parallel.forEach((count + blockSize - 1) / blockSize) { block in
                for row in block * blockSize..<min(data.count, (block + 1) * blockSize) {
                    let place = UnsafeMutableBufferPointer(rebasing: buffer[row * width..<(row + 1) * width])
                    body(try data.row(row), place)
                }
            }
        }
    }
}
