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

/// A file written by `torch.save`, such as `pytorch_model.bin`, mapped into memory.
///
/// Dictionaries of tensors are read. No code in the file is ever run.
package struct PyTorchFile: WeightFile {
    /// The name of the file in messages.
    package let name: String
    private let contents: PyTorchContents
    private let map: MappedFile
    private let storage: Storage

    /// Maps the file and reads the descriptions of its tensors.
    ///
    /// `name` is the name of the file in messages; if nil, the last component of its path.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound`, `unreadable`, `invalidFormat` or `unsupported`.
    package init(url: URL, name: String? = nil) throws {
        self.name = name ?? url.lastPathComponent
        map = try MappedFile(url: url, name: self.name)
        contents = try PyTorchContents(bytes: map.bytes, file: self.name)
        storage = Storage(borrowing: map.bytes, from: map)
    }

    /// The names of the tensors, sorted.
    package var names: [String] { contents.entries.keys.sortedStrings }

    /// What the file contains besides readable tensors, by name, with a description of each.
    package var unreadable: [ExactString: String] { contents.unreadable }

    /// The type and shape of a tensor.
    package func description(ofTensorNamed name: String) -> TensorDescription? {
        contents.entries[name].map { TensorDescription(elementType: $0.elementType, shape: $0.shape) }
    }

    /// A tensor over the bytes in the file, or a copy if these are not in row-major order.
    ///
    /// - Throws: ``CheckpointError`` with code `mismatch` if there is no such tensor.
    package func tensor(named name: String) throws -> Tensor {
        guard let entry = contents.entries[name] else {
            throw CheckpointError(.mismatch, file: self.name, "there is no tensor \(name.quoted)")
        }
        guard entry.isContiguous else { return gathered(entry) }
        return Tensor(
            storage: storage, byteOffset: entry.byteOffset, shape: entry.shape, elementType: entry.elementType)
    }

    /// A copy of the elements in row-major order.
    private func gathered(_ entry: PyTorchContents.Entry) -> Tensor {
        let size = entry.elementType.byteCount
        let copy = Storage(uninitializedByteCount: entry.byteCount)
        var index = [Int](repeating: 0, count: entry.shape.count)
        var source = entry.byteOffset
        for target in stride(from: 0, to: entry.byteCount, by: size) {
            copy.mutableBytes[target..<target + size].copyBytes(from: map.bytes[source..<source + size])
            for dimension in index.indices.reversed() {
                index[dimension] += 1
                source += entry.strides[dimension] * size
                if index[dimension] < entry.shape[dimension] { break }
                source -= entry.strides[dimension] * entry.shape[dimension] * size
                index[dimension] = 0
            }
        }
        return Tensor(storage: copy, shape: entry.shape, elementType: entry.elementType)
    }
}
