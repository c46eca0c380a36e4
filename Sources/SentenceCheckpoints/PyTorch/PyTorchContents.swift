// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors

/// The tensors that a `torch.save` file describes, each checked to lie within the file.
struct PyTorchContents {
    /// A tensor and the position of its storage in the file.
    struct Entry: Hashable, Sendable {
        let elementType: ElementType
        let shape: [Int]
        /// Measured in elements; meaningless for dimensions of size 1.
        let strides: [Int]
        /// The offset of the first element, in bytes from the beginning of the file.
        let byteOffset: Int

        var byteCount: Int { shape.reduce(elementType.byteCount, *) }

        /// Whether the elements follow one another without gaps, in row-major order.
        var isContiguous: Bool {
            guard byteCount > 0 else { return true }
            var expected = 1
            for (size, stride) in zip(shape, strides).reversed() where size != 1 {
                guard stride == expected else { return false }
                expected *= size
            }
            return true
        }
    }

    let entries: [ExactString: Entry]
    /// What the file contains besides readable tensors, for example the number of training steps.
    let unreadable: [ExactString: String]

    /// Reads the descriptions; the tensors themselves are not touched.
    ///
    /// - Throws: ``CheckpointError`` with code `invalidFormat` or `unsupported`.
    init(bytes: UnsafeRawBufferPointer, file: String) throws {
        var reader: PickleReader
        let root: PickleValue
        let storages: [ExactString: Range<Int>]
        if LegacyPyTorch.isLegacy(bytes) {
            (reader, root, storages) = try LegacyPyTorch.read(bytes, file)
        } else if bytes.count >= 4, bytes.loadUnaligned(as: UInt32.self).littleEndian == ZipArchive.localSignature {
            (reader, root, storages) = try Self.readArchive(bytes, file)
        } else {
            let message = MisplacedContent(bytes)?.message ?? "this is no file of torch.save"
            throw CheckpointError(.invalidFormat, file: file, message)
        }
        guard let members = reader.members(of: root) else {
            throw CheckpointError(
                .unsupported, file: file, "the file holds \(root.kind); expected a dictionary of tensors")
        }
        var entries: [ExactString: Entry] = [:]
        var unreadable: [ExactString: String] = [:]
        for (key, value) in members {
            guard case .text(let name) = key else {
                throw CheckpointError(.unsupported, file: file, "a tensor is named by \(key.kind); expected a text")
            }
            guard case .tensor(let record) = value else {
                unreadable[name] = value.kind
                continue
            }
            entries[name] = try Self.entry(name, record, storages[record.storage.key], fileCount: bytes.count, file)
        }
        self.entries = entries
        self.unreadable = unreadable
    }

    /// Reads the format since PyTorch 1.6: a zip archive with the pickle and one entry per storage.
    private static func readArchive(
        _ bytes: UnsafeRawBufferPointer, _ file: String
    ) throws -> (PickleReader, PickleValue, [ExactString: Range<Int>]) {
        let archive = try ZipArchive(
            bytes: bytes, file: file,
            advice: ", which PyTorch never does; load the file with PyTorch and save it again")
        let suffix = "/data.pkl"
        let pickles = archive.entries.map { (key: $0.key.string, value: $0.value) }.filter {
            $0.key.hasSuffix(suffix) && !$0.key.dropLast(suffix.count).contains("/")
        }
        guard let pickle = pickles.first, pickles.count == 1 else {
            throw CheckpointError(.invalidFormat, file: file, "the zip archive is not one of torch.save: no data.pkl")
        }
        let folder = pickle.key.dropLast(suffix.count)
        if let order = archive.entries["\(folder)/byteorder"], !bytes[order].elementsEqual("little".utf8) {
            throw CheckpointError(.unsupported, file: file, "the tensors are not stored in little-endian order")
        }
        let part = UnsafeRawBufferPointer(rebasing: bytes[..<pickle.value.upperBound])
        var reader = PickleReader(part, at: pickle.value.lowerBound, file: file)
        let root = try reader.read()
        let prefix = "\(folder)/data/"
        let storages = archive.entries.compactMap { name, range in
            name.string.droppingExactPrefix(prefix).map { (ExactString($0), range) }
        }
        return (reader, root, Dictionary(uniqueKeysWithValues: storages))
    }

    private static func entry(
        _ name: String, _ record: PickleValue.TensorRecord, _ storage: Range<Int>?, fileCount: Int, _ file: String
    ) throws -> Entry {
        func invalid(_ message: String) -> CheckpointError {
            CheckpointError(.invalidFormat, file: file, "tensor \(name.quoted): \(message)")
        }
        let (shape, strides) = (record.shape, record.strides)
        guard shape.count == strides.count, (shape + strides).allSatisfy({ $0 >= 0 }),
            record.offset >= 0
        else { throw invalid("the shape \(shape.prefix(8)) with the strides \(strides.prefix(8)) is not one") }
        guard let storage else { throw invalid("the file lacks its storage \(record.storage.key.quoted)") }
        let size = record.elementType.byteCount
        let count = product(shape)
        // A tensor that repeats elements may be larger than its storage, but a valid one is not larger than the file.
        guard let count, let byteCount = product([count, size]), byteCount <= max(fileCount, storage.count) else {
            throw invalid("the shape \(shape) has more elements than the file can hold")
        }
        var last = count == 0 ? record.offset - 1 : record.offset
        for (size, stride) in zip(shape, strides) where count > 0 && size > 1 {
            guard let step = product([size - 1, stride]), step <= storage.count - last else {
                throw invalid(
                    "its elements lie outside its storage of \(storage.count) bytes; the file may be incomplete")
            }
            last += step
        }
        guard last < storage.count / size else {
            throw invalid("its elements lie outside its storage of \(storage.count) bytes; the file may be incomplete")
        }
        return Entry(
            elementType: record.elementType, shape: shape, strides: strides,
            byteOffset: storage.lowerBound + record.offset * size)
    }

    private static func product(_ numbers: [Int]) -> Int? {
        numbers.reduce(1) { product, number in
            guard let product else { return nil }
            let (result, overflow) = product.multipliedReportingOverflow(by: number)
            return overflow ? nil : result
        }
    }
}
