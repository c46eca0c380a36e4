// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// A zip archive whose entries are stored uncompressed, as PyTorch and `numpy.savez` write it.
///
/// Format: PKWARE, *APPNOTE.TXT: .ZIP File Format Specification*, 6.3.10, 2022, with its 64-bit extensions.
struct ZipArchive {
    /// The range of bytes of each entry in the file.
    let entries: [ExactString: Range<Int>]

    static let localSignature: UInt32 = 0x0403_4B50
    private static let centralSignature: UInt32 = 0x0201_4B50
    private static let endSignature: UInt32 = 0x0605_4B50
    private static let end64Signature: UInt32 = 0x0606_4B50
    private static let locator64Signature: UInt32 = 0x0706_4B50
    private static let endByteCount = 22
    private static let locatorByteCount = 20

    /// Reads the archive's directory and checks that every entry lies within the file.
    ///
    /// `advice` says what to do about compressed entries, after "is compressed".
    /// - Throws: ``CheckpointError`` with code `invalidFormat` or `unsupported`.
    init(bytes: UnsafeRawBufferPointer, file: String, advice: String) throws {
        let (start, count) = try Self.directory(of: bytes, file)
        var reader = ByteReader(bytes, at: start)
        var entries: [ExactString: Range<Int>] = [:]
        for _ in 0..<count {
            let (name, range) = try Self.entry(&reader, file, advice)
            guard entries.updateValue(range, forKey: ExactString(name)) == nil else {
                throw CheckpointError(.invalidFormat, file: file, "the archive holds \(name.quoted) twice")
            }
        }
        self.entries = entries
    }

    /// Where the directory begins and how many entries it has.
    private static func directory(of bytes: UnsafeRawBufferPointer, _ file: String) throws -> (Int, UInt64) {
        // The record at the end may be followed by a comment of up to 65535 bytes.
        let last = bytes.count - endByteCount
        let end =
            last < 0 ? nil : (max(0, last - 0xFFFF)...last).reversed().first { signature(bytes, $0) == endSignature }
        guard let end else {
            throw CheckpointError(
                .invalidFormat, file: file, "the zip archive has no directory at its end; the file may be incomplete")
        }
        var reader = ByteReader(bytes, at: end + 10)
        guard let entryCount: UInt16 = reader.integer(), reader.take(4) != nil, let offset: UInt32 = reader.integer()
        else { throw damaged(file) }
        var count = UInt64(entryCount)
        var start = UInt64(offset)
        if entryCount == .max || offset == .max, signature(bytes, end - locatorByteCount) == locator64Signature {
            var locator = ByteReader(bytes, at: end - locatorByteCount + 8)
            guard let place = locator.integer(UInt64.self).flatMap(Int.init(exactly:)),
                signature(bytes, place) == end64Signature
            else { throw damaged(file) }
            var record = ByteReader(bytes, at: place)
            guard record.take(32) != nil, let count64: UInt64 = record.integer(), record.take(8) != nil,
                let start64: UInt64 = record.integer()
            else { throw damaged(file) }
            (count, start) = (count64, start64)
        }
        guard start <= UInt64(bytes.count) else { throw damaged(file) }
        return (Int(start), count)
    }

    /// The signature at an offset, which may lie outside the file.
    private static func signature(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt32? {
        guard place >= 0, place <= bytes.count else { return nil }
        var reader = ByteReader(bytes, at: place)
        return reader.integer()
    }

    /// One entry of the directory, and the range of its bytes.
    private static func entry(
        _ reader: inout ByteReader, _ file: String, _ advice: String
    ) throws -> (String, Range<Int>) {
        guard reader.integer() == centralSignature, reader.take(4) != nil, let flags: UInt16 = reader.integer(),
            let method: UInt16 = reader.integer(), reader.take(8) != nil, let packed: UInt32 = reader.integer(),
            let unpacked: UInt32 = reader.integer(), let nameCount: UInt16 = reader.integer(),
            let extraCount: UInt16 = reader.integer(), let commentCount: UInt16 = reader.integer(),
            reader.take(8) != nil, let offset: UInt32 = reader.integer(), let nameBytes = reader.take(Int(nameCount)),
            let extra = reader.take(Int(extraCount)), reader.take(Int(commentCount)) != nil
        else { throw damaged(file) }
        let name = String(decoding: nameBytes, as: UTF8.self)
        guard flags & 1 == 0 else {
            throw CheckpointError(.unsupported, file: file, "\(name.quoted) in the archive is encrypted")
        }
        var sizes = [UInt64(unpacked), UInt64(packed), UInt64(offset)]
        try extend(&sizes, extra, file)
        guard method == 0, sizes[0] == sizes[1] else {
            throw CheckpointError(
                .unsupported, file: file, "\(name.quoted) in the archive is compressed\(advice)")
        }
        guard let size = Int(exactly: sizes[0]), let place = Int(exactly: sizes[2]),
            signature(reader.bytes, place) == localSignature
        else { throw damaged(file) }
        // The local header has its own lengths, because PyTorch pads it to align the data.
        var local = ByteReader(reader.bytes, at: place)
        guard local.take(26) != nil, let localName: UInt16 = local.integer(), let localExtra: UInt16 = local.integer(),
            local.take(Int(localName) + Int(localExtra)) != nil, local.remaining >= size
        else {
            throw CheckpointError(
                .invalidFormat, file: file,
                "\(name.quoted) in the archive ends after the end of the file; the file may be incomplete")
        }
        return (name, local.position..<local.position + size)
    }

    /// Replaces sizes that do not fit in 32 bits by those in the 64-bit extension, in its order.
    private static func extend(_ sizes: inout [UInt64], _ extra: UnsafeRawBufferPointer, _ file: String) throws {
        let isMissing = sizes.map { $0 == UInt64(UInt32.max) }
        guard isMissing.contains(true) else { return }
        var fields = ByteReader(extra)
        while let id: UInt16 = fields.integer(), let count: UInt16 = fields.integer(),
            let content = fields.take(Int(count))
        {
            guard id == 1 else { continue }
            var reader = ByteReader(content)
            for index in sizes.indices where isMissing[index] {
                guard let size: UInt64 = reader.integer() else { throw damaged(file) }
                sizes[index] = size
            }
            return
        }
        throw damaged(file)
    }

    private static func damaged(_ file: String) -> CheckpointError {
        CheckpointError(.invalidFormat, file: file, "the directory of the zip archive is damaged")
    }
}
