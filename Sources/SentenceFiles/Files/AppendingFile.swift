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
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A file that grows while others may already read it, such as a log.
package final class AppendingFile {
    private let descriptor: Int32
    private let url: URL

    /// Opens a file, or creates it.
    ///
    /// - Throws: ``CheckpointError`` with code `unwritable`.
    package init(_ url: URL) throws {
        self.url = url
        descriptor = open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure(url, .last) }
    }

    deinit { close(descriptor) }

    /// Appends the UTF-8 bytes of a text.
    ///
    /// - Throws: ``CheckpointError`` with code `unwritable`, such as when the disk is full.
    package func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        try bytes.withUnsafeBytes { bytes in
            do throws(SystemError) { try writeAll(bytes, to: descriptor) } catch { throw Self.failure(url, error) }
        }
    }

    private static func failure(_ url: URL, _ error: SystemError) -> CheckpointError {
        CheckpointError(.unwritable, file: url.lastPathComponent, "cannot write \(url.path): \(error)")
    }
}
