// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
package import SentenceTensors

#if canImport(FoundationEssentials)
    package import struct FoundationEssentials.URL
#else
    package import struct Foundation.URL
#endif

/// The arrays of a `.npz` file, which is read into memory as a whole.
///
/// <https://numpy.org/doc/stable/reference/generated/numpy.savez.html>; entries must not be compressed.
package struct NumpyArchive {
    /// The name of the file in messages.
    package let name: String
    private let file: MappedFile
    private let archive: ZipArchive

    /// Reads a file.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound`, `unreadable`, `invalidFormat` or `unsupported`.
    package init(url: URL) throws {
        name = url.lastPathComponent
        file = try MappedFile.reading { try MappedFile(url: url) }
        archive = try ZipArchive(
            bytes: file.bytes, file: name, advice: "; save it with compressed=False (SciPy) or numpy.savez")
    }

    /// The bytes of an array's entry, with its header.
    package func bytes(of array: String) throws -> UnsafeRawBufferPointer {
        guard let range = archive.entries[ExactString(array + ".npy")] else {
            throw CheckpointError(.mismatch, file: name, "there is no array \(array.quoted)")
        }
        return UnsafeRawBufferPointer(rebasing: file.bytes[range])
    }

    /// An array of numbers, at any alignment.
    package func tensor(named array: String) throws -> Tensor {
        let bytes = try bytes(of: array)
        let header = try NumpyHeader("\(name), \(array)", byteCount: bytes.count) { Array(bytes[$0]) }
        return Tensor(
            storage: Storage(borrowing: bytes, from: file), byteOffset: header.dataStart, shape: header.shape,
            elementType: header.elementType)
    }
}
