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

/// The few system calls that the command makes itself.
enum System {
    static let standardInput: Int32 = 0
    static let standardOutput: Int32 = 1
    static let standardError: Int32 = 2

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Ends the process.
    static func exit(_ status: Int32) -> Never {
        #if canImport(Darwin)
            Darwin.exit(status)
        #elseif canImport(Musl)
            Musl.exit(status)
        #else
            Glibc.exit(status)
        #endif
    }

    /// Ensures that no file opened later gets the number of a standard stream that was closed.
    ///
    /// In its place, `/dev/null` is opened in the wrong direction, so that using the stream fails as it should.
    static func reserveStandardStreams() {
        for descriptor in standardInput...standardError where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            _ = open("/dev/null", descriptor == standardInput ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes all bytes to a descriptor, which messages call `name`.
    ///
    /// - Throws: `Interruption.ClosedPipe` if their reader has exited, or a `Failure`.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ name: String) throws {
        do { try writeAll(bytes, to: descriptor) } catch {
            if error.number == EPIPE { throw Interruption.ClosedPipe() }
            throw Failure("cannot write to \(name): \(error)")
        }
    }

    /// A variable of the environment; nil if it is not set or empty.
    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Writes to standard error; a failure is ignored, since it could not be reported anywhere.
    static func writeError(_ text: String) {
        var text = text
        text.withUTF8 { try? write(UnsafeRawBufferPointer($0), to: standardError, "standard error") }
    }

    /// Checks that a file can be read.
    ///
    /// - Throws: A `Failure` if it does not exist, or the process may not read it.
    static func checkReadable(_ path: String) throws {
        guard access(path, R_OK) == 0 else { throw Failure("cannot open \(path): \(SystemError.last)") }
    }

    /// The size of a regular file in bytes; nil for anything else.
    static func fileSize(_ path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }
}
