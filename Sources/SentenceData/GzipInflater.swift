// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Decompresses gzip data (RFC 1952) as they arrive, with any number of members one after another.
final class GzipInflater {
    /// Heap-allocated, since zlib keeps a pointer to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private let name: String
    /// Whether a member has ended and no other has begun.
    private(set) var isComplete = false

    /// The first bytes of gzip data.
    static let magic: [UInt8] = [0x1F, 0x8B]

    /// A decompressor.
    ///
    /// - Parameter name: The name of the data in messages.
    /// - Throws: ``DataError`` if memory runs out.
    init(_ name: String) throws {
        self.name = name
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // The largest window, and only gzip's framing.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw DataError("cannot unpack \(name): zlib has no memory") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether all input has been consumed.
    var needsInput: Bool { stream.pointee.avail_in == 0 }

    /// Takes compressed bytes, which must not move until ``needsInput`` is true again.
    func give(_ input: UnsafeMutableRawBufferPointer) {
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(input.count)
    }

    /// Appends decompressed bytes, at most `limit` at a time.
    ///
    /// - Throws: ``DataError`` for damaged data, and for other data after the end.
    func unpack(into bytes: inout [UInt8], limit: Int) throws {
        if isComplete {
            // Data from tapes and some disks are padded with zeros, which gzip skips too.
            while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
                stream.pointee.next_in += 1
                stream.pointee.avail_in -= 1
            }
            guard stream.pointee.avail_in > 0 else { return }
            guard stream.pointee.next_in.pointee == Self.magic[0] else {
                throw DataError("\(name): found other bytes after the gzip data; the file may be damaged")
            }
            inflateReset(stream)
            isComplete = false
        }
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: limit))
        let (status, count) = bytes.withUnsafeMutableBufferPointer { buffer in
            stream.pointee.next_out = buffer.baseAddress.map { $0 + start }
            stream.pointee.avail_out = UInt32(limit)
            return (inflate(stream, Z_NO_FLUSH), limit - Int(stream.pointee.avail_out))
        }
        stream.pointee.next_out = nil
        bytes.removeLast(limit - count)
        switch status {
        case Z_STREAM_END: isComplete = true
        case Z_OK, Z_BUF_ERROR: break
        default:
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? "error \(status)"
            throw DataError("\(name): damaged gzip data (\(reason)); get the file again")
        }
    }
}
