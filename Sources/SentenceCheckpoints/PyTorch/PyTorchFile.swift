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

/// A file that `torch.save` wrote, such as `pytorch_model.bin`, mapped into memory.
///
/// Read are dictionaries of tensors. Nothing in the file is ever run, whatever it asks for.
package struct PyTorchFile: WeightFile {
    package let name: String
    private let contents: PyTorchContents
    private let map: MappedFile
    private let storage: Storage

    /// Maps the file and reads what it says of its tensors.
    ///
    /// Messages call the file `name`, or by the last part of its path if that is `nil`.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound`, `unreadable`, `invalidFormat` or `unsupported`.
    package init(url: URL, name: String? = nil) throws {
        self.name = name ?? url.lastPathComponent
        map = try MappedFile(url: url, name: self.name)
        contents = try PyTorchContents(bytes: map.bytes, file: self.name)
        storage = Storage(borrowing: map.bytes, from: map)
    }

    package var names: [String] { contents.entries.keys.sortedStrings }

    package var unreadable: [ExactString: String] { contents.unreadable }

    package func description(ofTensorNamed name: String) -> TensorDescription? {
        contents.entries[name].map { TensorDescription(elementType: $0.elementType, shape: $0.shape) }
    }

    /// A tensor that looks at the bytes in the file, or a copy in row-major order if they stand in another one.
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

    /// The elements copied one by one, in row-major order.
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
