// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors

/// The format of `torch.save` before PyTorch 1.6: five pickles, then the storages one after another.
enum LegacyPyTorch {
    /// The first pickle: protocol 2, a ten-byte number that identifies the format, and the end.
    private static let magic: [UInt8] = [
        0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]

    static func isLegacy(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: magic) }

    /// Reads the pickles, and locates the storages after them.
    ///
    /// - Throws: ``CheckpointError`` with code `invalidFormat` or `unsupported`.
    static func read(
        _ bytes: UnsafeRawBufferPointer, _ file: String
    ) throws -> (PickleReader, PickleValue, [ExactString: Range<Int>]) {
        var reader = PickleReader(bytes, at: magic.count, file: file)
        guard case .int(1001) = try reader.read() else {
            throw CheckpointError(.unsupported, file: file, "the file has a version that is not 1001")
        }
        let system = try reader.read()
        let order = reader.members(of: system)?.first {
            if case .text("little_endian") = $0.key { true } else { false }
        }?.value
        guard case .bool(true)? = order else {
            throw CheckpointError(.unsupported, file: file, "the tensors are not stored in little-endian order")
        }
        let root = try reader.read()
        let list = try reader.read()
        guard let keys = reader.elements(of: list) else {
            throw CheckpointError(.invalidFormat, file: file, "the file does not list its storages")
        }
        // Only the tensors tell the element size of their storage.
        var types: [ExactString: ElementType] = [:]
        for case .tensor(let record) in (reader.members(of: root) ?? []).map(\.value) {
            types[record.storage.key] = record.storage.elementType ?? .uint8
        }
        var storages: [ExactString: Range<Int>] = [:]
        var data = ByteReader(bytes, at: reader.position)
        for case .text(let key) in keys {
            guard let type = types[key] else {
                throw CheckpointError(.unsupported, file: file, "the storage \(key.quoted) belongs to no tensor")
            }
            guard let count: Int = data.integer(), count >= 0, count <= data.remaining / type.byteCount,
                let content = data.take(count * type.byteCount)
            else {
                throw CheckpointError(
                    .invalidFormat, file: file,
                    "the storage \(key.quoted) ends after the end of the file; the file may be incomplete")
            }
            storages[key] = data.position - content.count..<data.position
        }
        return (reader, root, storages)
    }
}
