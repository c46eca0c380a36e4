// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file that any number of threads read at any place.
///
/// It is read with calls, not mapped: memory stays as small as what is read, and a file that becomes shorter is an error
/// instead of a crash.
final class OpenFile: Sendable {
    /// The name of the file in messages.
    let name: String
    /// The number of bytes, after decompression.
    let byteCount: Int
    private let descriptor: Int32

    /// Opens a file; gzip and pipes, which have no places, are copied into a temporary file that nobody else sees.
    ///
    /// - Throws: ``DataError`` if it cannot be opened or copied, or gzip data are damaged.
    init(path: String, name: String) throws {
        self.name = name
        var status = stat()
        guard stat(path, &status) == 0 else { throw DataError("cannot open \(path): \(SystemError.last)") }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw DataError("\(path) is a folder; name a file in it") }
        if status.st_mode & S_IFMT == S_IFREG {
            let plain = open(path, O_RDONLY | O_CLOEXEC)
            guard plain >= 0 else { throw DataError("cannot open \(path): \(SystemError.last)") }
            var start = [UInt8](repeating: 0, count: GzipInflater.magic.count)
            if pread(plain, &start, start.count, 0) < start.count || start != GzipInflater.magic {
                (descriptor, byteCount) = (plain, Int(status.st_size))
                return
            }
            close(plain)
        }
        (descriptor, byteCount) = try Self.unpacked(ByteStream(path: path))
    }

    deinit { close(descriptor) }

    /// Copies a stream, decompressed, into a file that has no name and vanishes with its descriptor.
    private static func unpacked(_ stream: ByteStream) throws -> (descriptor: Int32, byteCount: Int) {
        let folder = FileManager.default.temporaryDirectory.path
        var template = Array("\(folder)/sentence-transformers-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        func failure() -> DataError {
            let reason = SystemError.last
            return DataError(
                "cannot unpack \(stream.name) into \(folder): \(reason); TMPDIR names another folder with more room")
        }
        guard descriptor >= 0 else { throw failure() }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        do {
            while try stream.fill() {
                do { try stream.rest.withUnsafeBytes { try writeAll($0, to: descriptor) } } catch { throw failure() }
                stream.position = stream.bytes.count
            }
        } catch {
            close(descriptor)
            throw error
        }
        return (descriptor, stream.offset)
    }

    /// Reads into memory.
    ///
    /// - Parameters:
    ///   - room: The memory.
    ///   - start: Where to begin.
    ///   - end: Where to end at the latest.
    /// - Returns: The number of bytes, 0 only at the end.
    /// - Throws: ``DataError`` if the file cannot be read, or no longer has these bytes.
    func read(_ room: UnsafeMutableRawBufferPointer, from start: Int, upTo end: Int) throws -> Int {
        let wanted = min(room.count, end - start)
        guard wanted > 0 else { return 0 }
        while true {
            let count = pread(descriptor, room.baseAddress, wanted, off_t(start))
            if count > 0 { return count }
            if count == 0 {
                throw DataError("\(name) became shorter while it was read; start again with a file that stays")
            }
            if errno != EINTR { throw DataError("cannot read \(name): \(SystemError.last)") }
        }
    }

    /// The bytes of a range.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count {
                let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                count += try read(room, from: range.lowerBound + count, upTo: range.upperBound)
            }
        }
    }

    /// How many lines end in a range.
    func lineEnds(in range: Range<Int>) throws -> Int {
        var count = 0, start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, start + 1 << 20)
            count += try bytes(start..<end).count { $0 == 0x0A }
            start = end
        }
        return count
    }

    /// Where the first line begins that begins at a place or after it.
    func lineStart(from place: Int) throws -> Int {
        guard place > 0 else { return 0 }
        var start = place - 1
        while start < byteCount {
            let end = min(byteCount, start + 1 << 16)
            if let found = try bytes(start..<end).firstIndex(of: 0x0A) { return start + found + 1 }
            start = end
        }
        return byteCount
    }
}
