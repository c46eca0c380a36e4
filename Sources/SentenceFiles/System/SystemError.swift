// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

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

/// An error of a system call.
package struct SystemError: Error, CustomStringConvertible {
    /// The error number (`errno`).
    package let number: Int32

    /// The error with this number.
    package init(_ number: Int32) { self.number = number }

    /// The error of the last system call on this thread.
    package static var last: SystemError { SystemError(errno) }

    /// The system's message for the error.
    package var description: String { String(cString: strerror(number)) }
}

extension Error {
    /// What a message says of an error that caused another: the system's own message where it is one of files.
    package var causeDescription: String {
        guard let error = self as? CocoaError else { return "\(self)" }
        return (error.underlying as? POSIXError).map { SystemError($0.code.rawValue).description } ?? "\(self)"
    }
}

/// Writes all bytes to a descriptor, in as many calls as necessary; waits if it is non-blocking.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
        // Systems differ in how many bytes one call accepts.
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
