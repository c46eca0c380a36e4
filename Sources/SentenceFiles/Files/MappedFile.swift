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

/// The bytes of a file, mapped read-only into memory and unmapped when the last reference is released.
///
/// Pages are read when they are first accessed. Replacing the file by renaming another one over it (as ``AtomicFile``
/// does) leaves a mapping unchanged; truncating the file in place crashes every process that has it mapped (SIGBUS), so
/// model files must not be edited in place while they are in use. If that cannot be guaranteed, ``reading(_:)`` loads
/// files into memory instead.
///
/// `@unchecked Sendable`: the stored properties are constants, and the memory is never written.
package final class MappedFile: @unchecked Sendable {
    /// The contents of the file; starts at a page boundary, empty for an empty file.
    package let bytes: UnsafeRawBufferPointer
    /// Whether the bytes are pages of the file, which can be discarded and read again.
    private let isMapped: Bool

    @TaskLocal private static var reads = false

    /// Runs `body` so that files are read into memory as a whole instead of mapped.
    package static func reading<R>(_ body: () throws -> R) rethrows -> R { try $reads.withValue(true, operation: body) }

    /// Maps the regular file at `url`.
    ///
    /// `name` is the name of the file in messages; if nil, the last component of its path.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound` or `unreadable`.
    package init(url: URL, name: String? = nil) throws {
        isMapped = !Self.reads
        let path = url.path
        let label = name ?? url.lastPathComponent
        // Non-blocking, so that a named pipe is refused below instead of waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason = errno
            throw CheckpointError(
                reason == ENOENT ? .notFound : .unreadable, file: label, "cannot open \(path): \(SystemError(reason))"
            )
        }
        defer { close(descriptor) }

        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw CheckpointError(.unreadable, file: label, "cannot read \(path): \(SystemError.last)")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CheckpointError(.unreadable, file: label, "\(path) is not a file")
        }
        let byteCount = Int(status.st_size)
        guard byteCount > 0 else {
            self.bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let address =
            isMapped
            ? mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
            : mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard let address, address != MAP_FAILED else {
            throw CheckpointError(.unreadable, file: label, "cannot map \(path): \(SystemError.last)")
        }
        self.bytes = UnsafeRawBufferPointer(start: address, count: byteCount)
        // From here on `deinit` frees the memory, even if reading fails.
        if !isMapped { try Self.read(descriptor, into: address, byteCount, path, label) }
    }

    /// Fills memory with the contents of a file, which must not end too early.
    private static func read(
        _ descriptor: Int32, into address: UnsafeMutableRawPointer, _ byteCount: Int, _ path: String, _ label: String
    ) throws {
        var done = 0
        while done < byteCount {
            let count = pread(descriptor, address + done, min(byteCount - done, 1 << 30), off_t(done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw CheckpointError(.unreadable, file: label, "\(path) became shorter while it was read")
            } else if errno != EINTR {
                throw CheckpointError(.unreadable, file: label, "cannot read \(path): \(SystemError.last)")
            }
        }
    }

    deinit {
        guard let address = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }

    /// Tells the system that the bytes of `range` will not be read soon, so that their memory can be reused.
    ///
    /// Reading them again is allowed and loads them from the file again. Only pages that lie entirely within `range`
    /// are discarded; a range beyond the end of the file is clamped.
    package func adviseNotNeeded(_ range: Range<Int>) {
        guard isMapped, let address = bytes.baseAddress else { return }
        let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
        let inside = range.clamped(to: 0..<bytes.count)
        let start = (inside.lowerBound + pageSize - 1) / pageSize * pageSize
        // The last page belongs to the file entirely, however few bytes of it are used.
        let end = inside.upperBound == bytes.count ? inside.upperBound : inside.upperBound / pageSize * pageSize
        guard start < end else { return }
        // Only advice: if the system ignores it, nothing changes except memory use.
        _ = madvise(UnsafeMutableRawPointer(mutating: address + start), end - start, MADV_DONTNEED)
    }
}
