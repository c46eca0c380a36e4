// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceTransformers

/// Writes compressed rows: as `.npz` like SciPy, or as `.safetensors`.
final class SparseResults: ResultWriter {
    /// The format of the file.
    enum Format {
        /// What `scipy.sparse.load_npz` reads.
        case scipy
        /// The tensors "shape", "offsets", "indices" and "values".
        case safetensors
    }

    private let files: OutputFiles
    private let format: Format
    private var columns = 0

    init(_ files: OutputFiles, _ format: Format) {
        self.files = files
        self.format = format
    }

    func write(_ result: WindowResult, fields: [[UInt8]?]) throws {
        guard case .sparse(let matrix) = result else { throw Failure("expected sparse embeddings") }
        columns = matrix.columns
        let values = try files.part("values")
        let before = values.length / MemoryLayout<Float>.size
        try values.write(matrix.values)
        try files.part("indices").write(matrix.indices)
        try files.part("ends").write(matrix.rowOffsets.dropFirst().map { Int64(before + $0) })
    }

    func finish() throws {
        let (indices, values, ends) = (try files.part("indices"), try files.part("values"), try files.part("ends"))
        let rows = ends.length / MemoryLayout<Int64>.size
        let count = values.length / MemoryLayout<Float>.size
        let whole = try files.part("rows")
        switch format {
        case .safetensors:
            let offsetsEnd = 8 * count + 8 * (rows + 1)
            let text =
                "{\"__metadata__\":{\"format\":\"pt\"}"
                + Self.entry("indices", "I64", count, 0, 8 * count)
                + Self.entry("offsets", "I64", rows + 1, 8 * count, offsetsEnd)
                + Self.entry("shape", "I64", 2, offsetsEnd, offsetsEnd + 16)
                + Self.entry("values", "F32", count, offsetsEnd + 16, offsetsEnd + 16 + 4 * count) + "}"
            try whole.write(MatrixHeader.safetensors(text))
            try indices.read { try whole.write($0.bindMemory(to: Int32.self).map(Int64.init)) }
            try whole.write([Int64(0)])
            try whole.append(ends)
            try whole.write([Int64(rows), Int64(columns)])
            try whole.append(values)
        case .scipy:
            // SciPy expects one type for both kinds of index, the smaller one if it suffices.
            let isWide = count > Int(Int32.max)
            var archive = StoredZip(whole)
            func convert(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
                if isWide { return try body(bytes) }
                try bytes.bindMemory(to: Int64.self).map(Int32.init).withUnsafeBytes(body)
            }
            let type = isWide ? "<i8" : "<i4"
            try archive.add("indices.npy", Self.header(type, [count])) { body in
                try indices.read { bytes in
                    guard isWide else { return try body(bytes) }
                    try bytes.bindMemory(to: Int32.self).map(Int64.init).withUnsafeBytes(body)
                }
            }
            try archive.add("indptr.npy", Self.header(type, [rows + 1])) { body in
                try withUnsafeBytes(of: Int64(0)) { try convert($0, body) }
                try ends.read { try convert($0, body) }
            }
            try archive.add("format.npy", Self.header("|S3", [])) { body in
                try Array("csr".utf8).withUnsafeBytes(body)
            }
            try archive.add("shape.npy", Self.header("<i8", [2])) { body in
                try [Int64(rows), Int64(columns)].withUnsafeBytes(body)
            }
            try archive.add("data.npy", Self.header("<f4", [count])) { body in try values.read(body) }
            try archive.finish()
        }
        try files.deliver("rows")
    }

    private static func entry(_ name: String, _ type: String, _ count: Int, _ start: Int, _ end: Int) -> String {
        ",\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(count)],\"data_offsets\":[\(start),\(end)]}"
    }

    private static func header(_ type: String, _ shape: [Int]) -> [UInt8] {
        NumpyFile.header(type, shape: shape, byteCount: 128)
    }
}
