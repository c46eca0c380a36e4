// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// Quantizes embeddings with their own ranges: they are kept on disk until the last one has been computed.
final class CalibratedResults: ResultWriter {
    private let files: OutputFiles
    private let precision: EmbeddingPrecision
    private let inner: any ResultWriter
    private let holdsFields: Bool
    private let use: (QuantizationRanges) throws -> Void
    private var columns = 0

    /// - Parameters:
    ///   - files: The output.
    ///   - precision: int8 or uint8.
    ///   - holdsFields: Whether the rows have fields that the output contains.
    ///   - inner: The writer of the quantized embeddings.
    ///   - use: Called with the ranges of all embeddings.
    init(
        _ files: OutputFiles, _ precision: EmbeddingPrecision, holdsFields: Bool, into inner: any ResultWriter,
        use: @escaping (QuantizationRanges) throws -> Void
    ) {
        self.files = files
        self.precision = precision
        self.holdsFields = holdsFields
        self.inner = inner
        self.use = use
    }

    func write(_ result: WindowResult, fields: [[UInt8]?]) throws {
        guard case .embeddings(let matrix) = result else { throw Failure("expected embeddings of numbers") }
        columns = matrix.columns
        let floats = try files.part("floats")
        try matrix.withUnsafeBufferPointer { try floats.write(UnsafeRawBufferPointer($0)) }
        guard holdsFields else { return }
        try files.part("fields").write(fields.flatMap { ($0 ?? []) + [0x0A] })
    }

    func finish() throws {
        let floats = try files.part("floats")
        let rowSize = columns * MemoryLayout<Float>.size
        guard floats.length > 0 else {
            try inner.write(.quantized(quantizeEmbeddings(matrix([]), precision: precision)), fields: [])
            return try inner.finish()
        }
        let blockSize = max(1, (1 << 22) / rowSize) * rowSize
        var ranges: QuantizationRanges?
        if floats.length > rowSize {
            try floats.read(by: blockSize) { bytes in
                let block = QuantizationRanges(calibrating: try matrix(bytes))
                ranges = ranges.map { $0.united(with: block) } ?? block
            }
        }
        if let ranges { try use(ranges) }
        var lines = try holdsFields ? FieldLines(files.part("fields")) : nil
        try floats.read(by: blockSize) { bytes in
            let block = try matrix(bytes)
            let fields = try lines?.next(block.rows) ?? [[UInt8]?](repeating: nil, count: block.rows)
            try inner.write(.quantized(quantizeEmbeddings(block, precision: precision, ranges: ranges)), fields: fields)
        }
        try inner.finish()
    }

    private func matrix(_ bytes: UnsafeRawBufferPointer) throws -> Matrix {
        try Matrix(
            Array(bytes.bindMemory(to: Float.self)), rows: columns == 0 ? 0 : bytes.count / 4 / columns,
            columns: columns)
    }

    private func matrix(_ elements: [Float]) throws -> Matrix { try Matrix(elements, rows: 0, columns: columns) }
}

/// Reads the lines of a part, a few at a time.
private struct FieldLines {
    private var offset = 0
    private let part: PartialFile

    init(_ part: PartialFile) {
        self.part = part
    }

    mutating func next(_ count: Int) throws -> [[UInt8]?] {
        var found: [[UInt8]] = []
        var line: [UInt8] = []
        while found.count < count, offset < part.length {
            let bytes = try part.bytes(at: offset, 1 << 16)
            for byte in bytes {
                offset += 1
                guard byte == 0x0A else {
                    line.append(byte)
                    continue
                }
                found.append(line)
                line = []
                if found.count == count { break }
            }
        }
        return found
    }
}
