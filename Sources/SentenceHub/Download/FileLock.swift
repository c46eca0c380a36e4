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

/// A lock on a file that other processes, such as the Python client, respect.
///
/// It is released with the last reference.
///
/// `@unchecked Sendable`: the only stored property is constant, and the system calls on it may come from any thread.
final class FileLock: @unchecked Sendable {
    let descriptor: Int32

    /// The result of trying to take a lock.
    enum Attempt {
        case taken(FileLock)
        /// Another process has it, or the file has just been removed.
        case missed
        /// The system refused to open the file, with this error number.
        case refused(Int32)
    }

    /// Tries to take the lock on a file, which is created if it does not exist.
    ///
    /// Links are not followed: they could lead to a file that someone else chose. On a file system without locks, a
    /// file that may be created here counts as locked: the worst that can happen is duplicate work, since every process
    /// writes to a file with its own name.
    static func take(path: String, creating: Bool = true) -> Attempt {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (creating ? O_CREAT : 0), 0o664)
        guard descriptor >= 0 else { return !creating && errno == ENOENT ? .missed : .refused(errno) }
        var held = stat(), named = stat()
        let isHeld =
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
            || (creating && [EOPNOTSUPP, ENOTSUP, ENOLCK, ENOSYS].contains(errno))
        // Another process may have removed or renamed the file between the two calls; the lock is then useless.
        guard isHeld, fstat(descriptor, &held) == 0, lstat(path, &named) == 0, held.st_mode & S_IFMT == S_IFREG,
            held.st_ino == named.st_ino, held.st_dev == named.st_dev
        else {
            close(descriptor)
            return .missed
        }
        return .taken(FileLock(descriptor))
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
