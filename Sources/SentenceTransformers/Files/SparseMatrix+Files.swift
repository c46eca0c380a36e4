// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
public import SentenceSearch
import SentenceTensors

#if canImport(FoundationEssentials)
    public import struct FoundationEssentials.URL
#else
    public import struct Foundation.URL
#endif

extension SparseMatrix {
    /// The matrix in a file, as SciPy's `save_npz` writes it in compressed sparse row format (`.npz`, uncompressed), or
    /// ``write(to:)`` (`.safetensors`).
    ///
    /// - Throws: `CheckpointError` if the file cannot be read, is damaged or holds no such matrix; `SearchError` if its
    ///   parts contradict each other.
    public init(contentsOf url: URL) throws {
        if url.pathExtension == "npz" {
            let archive = try NumpyArchive(url: url)
            let format = String(decoding: try archive.bytes(of: "format").suffix(3), as: UTF8.self)
            guard format == "csr" else {
                throw CheckpointError(
                    .unsupported, file: archive.name,
                    "the matrix is in format \(format.quoted); convert it with tocsr()")
            }
            try self.init(archive.name, archive.tensor(named:), offsets: "indptr", values: "data")
        } else {
            let file = try MappedFile.reading { try SafetensorsFile(url: url) }
            try self.init(file.name, file.tensor(named:), offsets: "offsets", values: "values")
        }
    }

    /// Whether a file is known to hold a sparse matrix: a `.npz`, or a `.safetensors` with its tensors.
    package static func isStored(in url: URL) -> Bool {
        switch url.pathExtension {
        case "npz": return true
        case "safetensors":
            guard let header = try? SafetensorsHeader(of: PlacedFile(url: url)) else { return false }
            return ["indices", "offsets", "shape", "values"].allSatisfy { header.entries[ExactString($0)] != nil }
        default: return false
        }
    }

    /// A matrix of the arrays of a file.
    private init(_ file: String, _ tensor: (String) throws -> Tensor, offsets: String, values: String) throws {
        func integers(_ name: String) throws -> [Int] {
            guard let integers = try tensor(name).integers else {
                throw CheckpointError(.mismatch, file: file, "\(name.quoted) is not a list of whole numbers")
            }
            return integers
        }
        let shape = try integers("shape"), rowOffsets = try integers(offsets), numbers = try tensor(values)
        guard shape.count == 2, shape[0] == rowOffsets.count - 1, numbers.elementType.isFloatingPoint else {
            throw CheckpointError(
                .mismatch, file: file,
                "shape \(shape), \(rowOffsets.count) offsets of rows and elements of type \(numbers.elementType) are no "
                    + "sparse matrix of floating-point numbers")
        }
        let indices = try integers("indices").map { index in
            guard let index = Int32(exactly: index) else {
                throw CheckpointError(.mismatch, file: file, "index \(index) is none of a column")
            }
            return index
        }
        try self.init(
            rowOffsets: rowOffsets, indices: indices, values: numbers.float32().floats, columns: shape[1])
    }
}

extension Tensor {
    /// The elements of a list of signed integers of 32 or 64 bits; nil for another type or shape.
    fileprivate var integers: [Int]? {
        guard shape.count == 1 else { return nil }
        func read<Number: FixedWidthInteger>(_ type: Number.Type) -> [Int] {
            withUnsafeBytes { bytes in
                (0..<count).map {
                    Int(bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Number>.size, as: type))
                }
            }
        }
        switch elementType {
        case .int32: return read(Int32.self)
        case .int64: return read(Int64.self)
        default: return nil
        }
    }
}
