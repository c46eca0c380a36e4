// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

#if canImport(FoundationEssentials)
    package import struct FoundationEssentials.URL
#else
    package import struct Foundation.URL
#endif

/// A file larger than memory, read at any place by any number of threads.
///
/// It is read with calls, not mapped: a file that becomes shorter meanwhile is an error instead of a crash, and
/// ``checkUnchanged()`` finds out whether it was replaced or written to.
package final class PlacedFile: Sendable {
    /// The name of the file in messages.
    package let name: String
    /// The number of bytes when it was opened.
    package let byteCount: Int
    private let path: String
    private let descriptor: Int32
    private let identity: Identity

    /// What changes if a file is replaced or written to.
    private struct Identity: Equatable {
        let device: UInt64, inode: UInt64, byteCount: Int, seconds: Int, nanoseconds: Int

        init(_ status: stat) {
            device = UInt64(truncatingIfNeeded: status.st_dev)
            inode = UInt64(status.st_ino)
            byteCount = Int(status.st_size)
            #if canImport(Darwin)
                let time = status.st_mtimespec
            #else
                let time = status.st_mtim
            #endif
            (seconds, nanoseconds) = (Int(time.tv_sec), Int(time.tv_nsec))
        }
    }

    /// Opens the regular file at `url`.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound` or `unreadable`.
    package init(url: URL) throws {
        let path = url.path, name = url.lastPathComponent
        // Non-blocking, so that a named pipe is refused below instead of waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason = errno
            throw CheckpointError(
                reason == ENOENT ? .notFound : .unreadable, file: name, "cannot open \(path): \(SystemError(reason))")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw CheckpointError(.unreadable, file: name, "\(path) is not a file")
        }
        self.path = path
        self.name = name
        self.descriptor = descriptor
        identity = Identity(status)
        byteCount = identity.byteCount
    }

    deinit { close(descriptor) }

    /// Fills memory with the bytes from `start` on.
    ///
    /// - Throws: ``CheckpointError`` with code `unreadable`, also if the file ends before.
    package func read(_ room: UnsafeMutableRawBufferPointer, from start: Int) throws {
        var done = 0
        while done < room.count, let address = room.baseAddress {
            let count = pread(descriptor, address + done, min(room.count - done, 1 << 30), off_t(start + done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw CheckpointError(
                    .unreadable, file: name,
                    "byte \(start + done) of \(byteCount) is gone; the file became shorter while it was read")
            } else if errno != EINTR {
                throw CheckpointError(.unreadable, file: name, "cannot read \(path): \(SystemError.last)")
            }
        }
    }

    /// The bytes of a range that lies in the file.
    ///
    /// - Throws: As ``read(_:from:)``.
    package func bytes(_ range: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            try read(UnsafeMutableRawBufferPointer(buffer), from: range.lowerBound)
            count = range.count
        }
    }

    /// Refuses what was read if the file has been written to or replaced since it was opened.
    ///
    /// - Throws: ``CheckpointError`` with code `unreadable`.
    package func checkUnchanged() throws {
        var open = stat(), named = stat()
        guard fstat(descriptor, &open) == 0, Identity(open) == identity, stat(path, &named) == 0,
            Identity(named) == identity
        else {
            throw CheckpointError(
                .unreadable, file: name, "changed while it was read; start again with a file that stays")
        }
    }
}
