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

/// The bytes of a file, mapped read-only into memory and unmapped when the last reference goes.
///
/// Pages are read when they are first touched. Replacing the file by renaming another one over it (as
/// ``AtomicFile`` does) leaves a mapping as it was; shortening the file in place is not survivable for
/// anyone who has it mapped (SIGBUS), so model files must not be edited in place while they are in use. Where that
/// cannot be promised, ``reading(_:)`` has files read into memory instead.
///
/// `@unchecked Sendable`: the only stored property is a constant, and the memory is never written.
package final class MappedFile: @unchecked Sendable {
    /// The content of the file; starts at a page boundary, empty for an empty file.
    package let bytes: UnsafeRawBufferPointer
    /// Whether the bytes are the file's own pages, which come back when they are given up.
    private let isMapped: Bool

    @TaskLocal private static var reads = false

    /// Runs `body`, in which files are read into memory as a whole instead of mapped.
    package static func reading<R>(_ body: () throws -> R) rethrows -> R { try $reads.withValue(true, operation: body) }

    /// Maps the regular file at `url`.
    ///
    /// Messages call the file `name`, or by the last part of its path if that is `nil`.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound` or `unreadable`.
    package init(url: URL, name: String? = nil) throws {
        isMapped = !Self.reads
        let path = url.path
        let label = name ?? url.lastPathComponent
        // Not blocking, so that a named pipe is refused below instead of waited for.
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
        // From here on the memory is given back by `deinit`, also where reading fails.
        if !isMapped { try Self.read(descriptor, into: address, byteCount, path, label) }
    }

    /// Fills memory with the content of a file, which must not end before it.
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
    /// Reading them again is allowed and brings them back from the file. Only pages that lie wholly inside
    /// `range` are given up; a range beyond the file is cut to it.
    package func adviseNotNeeded(_ range: Range<Int>) {
        guard isMapped, let address = bytes.baseAddress else { return }
        let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
        let inside = range.clamped(to: 0..<bytes.count)
        let start = (inside.lowerBound + pageSize - 1) / pageSize * pageSize
        // The last page of the file belongs to it wholly, however few of its bytes do.
        let end = inside.upperBound == bytes.count ? inside.upperBound : inside.upperBound / pageSize * pageSize
        guard start < end else { return }
        // Only advice: if the system does not take it, nothing changes but memory use.
        _ = madvise(UnsafeMutableRawPointer(mutating: address + start), end - start, MADV_DONTNEED)
    }
}
