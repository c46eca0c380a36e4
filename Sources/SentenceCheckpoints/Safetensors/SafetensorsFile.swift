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

/// A safetensors file, mapped into memory: opening it reads the header, tensors read their pages when used.
package struct SafetensorsFile: WeightFile {
    package typealias Entry = SafetensorsHeader.Entry

    /// What messages call the file.
    package let name: String
    private let header: SafetensorsHeader
    private let map: MappedFile
    private let storage: Storage

    /// Maps the file and checks its header.
    ///
    /// Messages call the file `name`, or by the last part of its path if that is `nil`.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound`, `unreadable`, `invalidFormat` or `unsupported`.
    package init(url: URL, name: String? = nil) throws {
        self.name = name ?? url.lastPathComponent
        self.map = try MappedFile(url: url, name: self.name)
        self.header = try SafetensorsHeader(bytes: map.bytes, file: self.name)
        self.storage = Storage(borrowing: map.bytes, from: map)
    }

    /// The content of `__metadata__`, such as `["format": "pt"]`.
    package var metadata: [ExactString: String] { header.metadata }

    /// The names of the tensors, sorted.
    package var names: [String] { header.entries.keys.sortedStrings }

    package var unreadable: [ExactString: String] { header.unreadable }

    /// Type, shape and place of a tensor.
    package func entry(named name: String) -> Entry? { header.entries[name] }

    package func description(ofTensorNamed name: String) -> TensorDescription? {
        entry(named: name).map { TensorDescription(elementType: $0.elementType, shape: $0.shape) }
    }

    /// A tensor that looks at the bytes in the file and keeps it mapped.
    ///
    /// The bytes may stand at any address: the format asks for no alignment. So read them with
    /// `loadUnaligned` or copy them, as ``Tensor/withUnsafeBytes(_:)`` allows, and bind them to no type.
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
