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

/// What the operating system says of a call that failed.
package struct SystemError: Error, CustomStringConvertible {
    /// The error's number (`errno`).
    package let number: Int32

    package init(_ number: Int32) { self.number = number }

    /// The error of the call that this thread made last.
    package static var last: SystemError { SystemError(errno) }

    package var description: String { String(cString: strerror(number)) }
}

/// Writes all bytes to a descriptor, in as many calls as that takes, and waits where it is set not to block.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
        // Systems differ in how many bytes one call may have.
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
        let count = write(descriptor, part.baseAddress, part.count)
        if count >= 0 {
            rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
            var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&state, 1, -1)
        } else if errno != EINTR {
            throw .last
        }
    }
}
