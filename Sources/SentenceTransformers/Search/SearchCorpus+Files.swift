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

extension SearchCorpus {
    /// Embeddings in a `.npy` or `.safetensors` file, which may be larger than memory.
    ///
    /// A search reads blocks of rows into memory and forgets them. If the file is cut, written to or replaced before the
    /// search ends, the search throws.
    /// - Parameters:
    ///   - url: A file with a matrix of float32, float16, int8 or uint8 numbers, one embedding a row.
    ///   - tensor: The name of the matrix in a `.safetensors` file; may be nil if there is only one tensor.
    ///   - isBinary: Whether bytes are eight bits each, as `binary` (int8) and `ubinary` (uint8) embeddings.
    ///   - ranges: The ranges with which int8 and uint8 were quantized.
    /// - Throws: `CheckpointError` if the file cannot be read, is damaged or contains no such matrix; `SearchError` if the
    ///   ranges have other dimensions.
    public init(
        contentsOf url: URL, tensor: String? = nil, isBinary: Bool = false, ranges: QuantizationRanges? = nil
    ) throws {
        let file = try PlacedFile(url: url)
        let type: ElementType, shape: [Int], start: Int
        if url.pathExtension == "safetensors" {
            let header = try SafetensorsHeader(of: file)
            let names = header.entries.keys.sortedStrings
            guard let name = tensor ?? (names.count == 1 ? names[0] : nil) else {
                throw CheckpointError(
                    .mismatch, file: file.name, "holds \(names.count) tensors; say which one has the embeddings")
            }
            guard let entry = header.entries[ExactString(name)] else {
                throw CheckpointError(.mismatch, file: file.name, "there is no tensor \(name.quoted)")
            }
            (type, shape, start) = (entry.elementType, entry.shape, entry.byteRange.lowerBound)
        } else {
            let header = try NumpyHeader(of: file)
            (type, shape, start) = (header.elementType, header.shape, header.dataStart)
        }
        guard shape.count == 2 else {
            throw CheckpointError(.mismatch, file: file.name, "an array of shape \(shape); expected [rows, columns]")
        }
        // Of no rows, a file may claim any size.
        guard shape[1] <= Int32.max else {
            throw CheckpointError(
                .unsupported, file: file.name, "rows of \(shape[1]) numbers; expected at most 2^31 - 1")
        }
        let storage: Storage
        switch (type, isBinary) {
        case (.float32, false): storage = .float32
        case (.float16, false): storage = .float16
        case (.int8, _): storage = isBinary ? .binary : .int8
        case (.uint8, _): storage = isBinary ? .ubinary : .uint8
        default:
            throw CheckpointError(
                .unsupported, file: file.name,
                "elements of type \(type)\(isBinary ? " as bits" : ""); expected "
                    + (isBinary ? "int8 or uint8" : "float32, float16, int8 or uint8"))
        }
        let rows = try FileRows(
            file, offset: start, rows: shape[0], rowByteCount: storage.byteCount(columns: shape[1]))
        try self.init(rows, storage: storage, columns: shape[1], ranges: ranges)
    }
}
