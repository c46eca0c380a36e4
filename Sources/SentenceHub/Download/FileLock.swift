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

/// A lock on a file that other processes respect, the Python client among them.
///
/// It is let go when the last reference goes.
///
/// `@unchecked Sendable`: the only stored property is a constant, and the system's calls on it may come from any thread.
final class FileLock: @unchecked Sendable {
    let descriptor: Int32

    /// What came of trying to take a lock.
    enum Attempt {
        case taken(FileLock)
        /// Somebody else has it, or the file has just gone.
        case missed
        /// The system does not open the file, for this reason.
        case refused(Int32)
    }

    /// Tries to take the lock on a file, which is made if it is not there.
    ///
    /// A link is not followed: it would lead to a file that somebody else chose. On a file system without locks a file
    /// that may be made here counts as locked: nothing but double work comes of that, since everybody writes under a
    /// name of their own.
    static func take(path: String, creating: Bool = true) -> Attempt {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (creating ? O_CREAT : 0), 0o664)
        guard descriptor >= 0 else { return !creating && errno == ENOENT ? .missed : .refused(errno) }
        var held = stat(), named = stat()
        let isHeld =
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
            || (creating && [EOPNOTSUPP, ENOTSUP, ENOLCK, ENOSYS].contains(errno))
        // Somebody may have removed or renamed the file between the two calls: then the lock is on nothing.
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
