// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file that grows during the work and becomes a result at the end.
final class PartialFile {
    /// The name of the result in messages.
    let name: String
    /// The bytes that have been written.
    private(set) var length: Int
    private let path: String
    private let descriptor: Int32
    private let isNamed: Bool

    /// Opens a file for writing.
    ///
    /// - Parameters:
    ///   - path: Where the file is while it grows.
    ///   - name: The name of the result in messages.
    ///   - length: How much of an earlier file to keep; nil for a new one.
    ///   - isNamed: Whether it keeps its name, so that it can become a result; else it is gone once closed.
    ///   - staysBehind: Whether it is kept if the work is interrupted.
    /// - Throws: A `Failure` if the system refuses the file.
    init(_ path: String, name: String, keeping length: Int?, isNamed: Bool, staysBehind: Bool) throws {
        self.path = path
        self.name = name
        self.isNamed = isNamed
        self.length = length ?? 0
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (length == nil && !staysBehind ? O_EXCL : 0)
        descriptor = staysBehind ? open(path, flags, 0o666) : TemporaryFiles.open(path) { open(path, flags, 0o666) }
        guard descriptor >= 0 else { throw Failure("cannot write \(name): \(SystemError.last)") }
        if !isNamed { TemporaryFiles.remove(path) }
        // Two jobs that continue the same one would overwrite each other's rows.
        guard !staysBehind || flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw Failure("cannot write \(name): another process is at work on it")
        }
        guard ftruncate(descriptor, off_t(self.length)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw Failure("cannot write \(name): \(SystemError.last)")
        }
    }

    deinit { close(descriptor) }

    /// Appends bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try System.write(bytes, to: descriptor, name)
        length += bytes.count
    }

    /// Appends the bytes of an array's elements.
    func write<Element: BitwiseCopyable>(_ elements: [Element]) throws {
        try elements.withUnsafeBytes { try write($0) }
    }

    /// Replaces the first bytes, which were reserved for a header that is only known at the end.
    func writeHeader(_ header: [UInt8]) throws {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure }
        try header.withUnsafeBytes { try System.write($0, to: descriptor, name) }
        guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw failure }
    }

    /// Calls `body` with all bytes in order, at most `size` at a time.
    func read(by size: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var offset = 0
        while offset < length {
            let piece = try bytes(at: offset, size)
            try piece.withUnsafeBytes(body)
            offset += piece.count
        }
    }

    /// Reads `count` bytes at an offset, or as many as there are up to the end.
    func bytes(at offset: Int, _ count: Int) throws -> [UInt8] {
        let count = min(count, length - offset)
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let more = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
                if more < 0, errno == EINTR { continue }
                guard more > 0 else { throw Failure("cannot read back what was computed for \(name)") }
                filled += more
            }
        }
    }

    /// Appends all bytes of another file.
    func append(_ other: PartialFile) throws { try other.read { try write($0) } }

    /// Waits until all written bytes are on the disk.
    func synchronize() throws {
        guard fsync(descriptor) == 0 else { throw failure }
    }

    /// Turns the file into the result at a path, replacing what was there.
    func publish(as target: String) throws {
        try synchronize()
        guard TemporaryFiles.rename(path, to: target) else { throw failure }
    }

    /// Removes the file.
    func remove() {
        if isNamed { TemporaryFiles.remove(path) }
    }

    private var failure: Failure { Failure("cannot write \(name): \(SystemError.last)") }
}
