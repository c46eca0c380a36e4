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

    /// Takes the lock on a file, which is made if it is not there; `nil` if somebody else has it, or it is gone.
    ///
    /// On a file system without locks a file that may be made here counts as locked: nothing but double work comes of
    /// that, since everybody writes under a name of their own.
    init?(path: String, creating: Bool = true) {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0), 0o664)
        guard descriptor >= 0 else { return nil }
        var held = stat(), named = stat()
        // Somebody may have removed or renamed the file between the two calls: then the lock is on nothing.
        let isHeld =
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
            || (creating && [EOPNOTSUPP, ENOTSUP, ENOLCK, ENOSYS].contains(errno))
        guard isHeld, fstat(descriptor, &held) == 0, stat(path, &named) == 0,
            held.st_ino == named.st_ino, held.st_dev == named.st_dev
        else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
