// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors

#if canImport(FoundationEssentials)
    package import struct FoundationEssentials.URL
#else
    package import struct Foundation.URL
#endif

/// A safetensors file, mapped into memory: opening it reads the header; pages of tensors are read when they are used.
package struct SafetensorsFile: WeightFile {
    /// A tensor as the header describes it.
    package typealias Entry = SafetensorsHeader.Entry

    /// The name of the file in messages.
    package let name: String
    private let header: SafetensorsHeader
    private let storage: Storage

    /// Maps the file and checks its header.
    ///
    /// `name` is the name of the file in messages; if nil, the last component of its path.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound`, `unreadable`, `invalidFormat` or `unsupported`.
    package init(url: URL, name: String? = nil) throws {
        self.name = name ?? url.lastPathComponent
        let map = try MappedFile(url: url, name: self.name)
        self.header = try SafetensorsHeader(bytes: map.bytes, file: self.name)
        self.storage = Storage(borrowing: map.bytes, from: map)
    }

    /// Checks the header of a file that is part of the program.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file, which stays as long as the program runs.
    ///   - name: The name of the file in messages.
    /// - Throws: ``CheckpointError`` with code `invalidFormat` or `unsupported`.
    package init(embedded bytes: UnsafeRawBufferPointer, name: String) throws {
        self.name = name
        header = try SafetensorsHeader(bytes: bytes, file: name)
        storage = Storage(borrowing: bytes, from: ProgramMemory())
    }

    /// Owns memory that is part of the program.
    private final class ProgramMemory: StorageOwner {
        func adviseNotNeeded(_ range: Range<Int>) {}
    }

    /// The contents of `__metadata__`, such as `["format": "pt"]`.
    package var metadata: [ExactString: String] { header.metadata }

    /// The names of the tensors, sorted.
    package var names: [String] { header.entries.keys.sortedStrings }

    /// Tensors of types that this version cannot read, with their types.
    package var unreadable: [ExactString: String] { header.unreadable }

    /// The type, shape and position of a tensor.
    package func entry(named name: String) -> Entry? { header.entries[name] }

    /// The type and shape of a tensor.
    package func description(ofTensorNamed name: String) -> TensorDescription? {
        entry(named: name).map { TensorDescription(elementType: $0.elementType, shape: $0.shape) }
    }

    /// A tensor over the bytes in the file, which it keeps mapped.
    ///
    /// The bytes may be unaligned, since the format does not require alignment. So read them with `loadUnaligned` or
    /// copy them, as ``Tensor/withUnsafeBytes(_:)`` allows, and do not bind them to a type.
    ///
    /// - Throws: ``CheckpointError`` with code `mismatch` if there is no such tensor.
    package func tensor(named name: String) throws -> Tensor {
        guard let entry = header.entries[name] else {
            throw CheckpointError(.mismatch, file: self.name, "there is no tensor \(name.quoted)")
        }
        return Tensor(
            storage: storage, byteOffset: entry.byteRange.lowerBound, shape: entry.shape, elementType: entry.elementType
        )
    }
}
