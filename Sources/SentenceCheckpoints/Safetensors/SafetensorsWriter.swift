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

/// Writes safetensors files in the order that the reference writer uses, so that equal tensors give identical files.
///
/// The data begins at a multiple of 64 bytes (the header is padded with spaces, which the format allows), and
/// the elements of every tensor are aligned to their size.
package enum SafetensorsWriter {
    private static let alignment = 64

    /// Writes `tensors` to `url`, whose folder must exist; a partly written file is never visible.
    ///
    /// The Python libraries require a `format` in `metadata`.
    ///
    /// - Throws: ``CheckpointError`` with code `unwritable` or `unsupported`.
    package static func write(
        _ tensors: [String: Tensor], metadata: [ExactString: String] = ["format": "pt"], to url: URL
    ) throws {
        let name = url.lastPathComponent
        guard tensors["__metadata__"] == nil else {
            throw CheckpointError(.unsupported, file: name, "a tensor cannot have the name \"__metadata__\"")
        }
        let sorted = ElementType.safetensorsOrder.flatMap { type in
            tensors.filter { $0.value.elementType == type }.sorted { $0.key.precedesByBytes($1.key) }
        }
        let header = header(of: sorted, metadata)
        guard header.utf8.count <= SafetensorsHeader.maximumByteCount else {
            throw CheckpointError(
                .unsupported, file: name,
                "the header would take \(header.utf8.count) bytes; the format allows \(SafetensorsHeader.maximumByteCount)"
            )
        }
        try AtomicFile.write(to: url) { output in
            let length = UInt64(header.utf8.count).littleEndian
            try withUnsafeBytes(of: length) { try output.write($0) }
            try output.write(header)
            for (_, tensor) in sorted {
                try tensor.withUnsafeBytes { try output.write($0) }
            }
        }
    }

    /// The JSON text, padded with spaces to align the data.
    private static func header(of tensors: [(key: String, value: Tensor)], _ metadata: [ExactString: String]) -> String
    {
        var text = "{"
        if !metadata.isEmpty {
            text += "\"__metadata__\":{"
            for (index, (key, value)) in metadata.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { text += "," }
                text.appendJSONString(key.string, asciiOnly: false)
                text += ":"
                text.appendJSONString(value, asciiOnly: false)
            }
            text += "}"
        }
        var offset = 0
        for (name, tensor) in tensors {
            if text.utf8.count > 1 { text += "," }
            let end = offset + tensor.count * tensor.elementType.byteCount
            text.appendJSONString(name, asciiOnly: false)
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            text += ":{\"dtype\":\"\(tensor.elementType.safetensorsName)\",\"shape\":[\(shape)]"
            text += ",\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        text += "}"
        let remainder = (8 + text.utf8.count) % alignment
        return text + String(repeating: " ", count: remainder == 0 ? 0 : alignment - remainder)
    }
}
