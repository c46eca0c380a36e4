// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
public import SentenceSearch
import SentenceTensors

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Writes arrays to files for other programs, in the format given by the file extension.
enum ArrayFile {
    static func write(_ tensors: [String: Tensor], to url: URL) throws {
        switch (url.pathExtension.lowercased(), tensors.count) {
        case ("safetensors", _): try SafetensorsWriter.write(tensors, to: url)
        case ("npy", 1): for tensor in tensors.values { try NumpyFile.write(tensor, to: url) }
        case ("npy", _):
            throw SentenceTransformersError(
                .invalidArgument,
                "\(url.lastPathComponent): a .npy file holds one array, found \(tensors.count); write .safetensors")
        default:
            throw SentenceTransformersError(
                .invalidArgument, "\(url.lastPathComponent): expected a file that ends in .npy or .safetensors")
        }
    }
}

extension Matrix {
    /// Writes the matrix to a `.npy` or `.safetensors` file, whose folder must exist.
    ///
    /// The file is written completely or not at all: it gets its name once all data is written.
    /// - Parameters:
    ///   - url: A file that ends in `.npy` or `.safetensors`; an existing one is replaced.
    ///   - name: The name of the matrix in a safetensors file.
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` for another extension, `CheckpointError` if
    ///   the file cannot be written.
    public func write(to url: URL, name: String = "embeddings") throws { try ArrayFile.write([name: tensor], to: url) }
}

extension QuantizedEmbeddings {
    /// Writes the bytes, as 8-bit integers, to a `.npy` or `.safetensors` file, whose folder must exist.
    ///
    /// The file is written completely or not at all: it gets its name once all data is written.
    /// - Parameters:
    ///   - url: A file that ends in `.npy` or `.safetensors`; an existing one is replaced.
    ///   - name: The name of the embeddings in a safetensors file.
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` for another extension, `CheckpointError` if
    ///   the file cannot be written.
    public func write(to url: URL, name: String = "embeddings") throws {
        try ArrayFile.write([name: Tensor(bytes, [rows, columns], isSigned ? .int8 : .uint8)], to: url)
    }
}

extension SparseMatrix {
    /// Writes the matrix to a `.safetensors` file, whose folder must exist.
    ///
    /// It holds compressed sparse rows: "shape" `[2]`, "offsets" `[rows + 1]`, "indices" and "values". The file is
    /// written completely or not at all: it gets its name once all data is written. For `.npy` write ``dense``.
    /// - Parameter url: A file that ends in `.safetensors`; an existing one is replaced.
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` for another extension, `CheckpointError` if
    ///   the file cannot be written.
    public func write(to url: URL) throws {
        func integers(_ values: [some BinaryInteger]) -> Tensor {
            Tensor(values.map { Int64($0) }, [values.count], .int64)
        }
        try ArrayFile.write(
            [
                "shape": integers(shape), "offsets": integers(rowOffsets), "indices": integers(indices),
                "values": Tensor(values, shape: [values.count]),
            ], to: url)
    }
}

extension [Matrix] {
    /// Writes the vectors of each text's tokens to a `.safetensors` file, whose folder must exist.
    ///
    /// The matrices are called "0", "1" and so on. The file is written completely or not at all: it gets its name once
    /// all data is written.
    /// - Parameter url: A file that ends in `.safetensors`; an existing one is replaced.
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` for another extension, `CheckpointError` if
    ///   the file cannot be written.
    public func write(to url: URL) throws {
        let tensors = enumerated().map { ("\($0.offset)", $0.element.tensor) }
        try ArrayFile.write([String: Tensor](uniqueKeysWithValues: tensors), to: url)
    }
}

extension Tensor {
    /// A tensor of integers.
    fileprivate init<Number: FixedWidthInteger>(_ numbers: [Number], _ shape: [Int], _ type: ElementType) {
        let storage = Storage(uninitializedByteCount: numbers.count * MemoryLayout<Number>.stride)
        numbers.withUnsafeBytes { storage.mutableBytes.copyBytes(from: $0) }
        self.init(storage: storage, shape: shape, elementType: type)
    }
}
