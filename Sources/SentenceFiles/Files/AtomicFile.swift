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

/// Writes files so that a reader sees either the old or the complete new content, never a part of it.
///
/// The bytes go to a temporary file in the same folder and are flushed to disk; then the temporary file is renamed over
/// the target. If anything fails, the temporary file is removed and the target stays unchanged.
package enum AtomicFile {
    /// The end of the names of files that are being written, which a stopped process leaves behind.
    private static let mark = ".tmp"

    /// Receives the bytes, in order, from the body of ``write(to:_:)``.
    package struct Output {
        fileprivate let descriptor: Int32
        fileprivate let target: URL

        /// Appends `bytes` to the file.
        package func write(_ bytes: UnsafeRawBufferPointer) throws {
            do { try writeAll(bytes, to: descriptor) } catch { throw AtomicFile.failure(target, error) }
        }

        /// Appends the UTF-8 bytes of `text` to the file.
        package func write(_ text: String) throws {
            var text = text
            try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
        }
    }

    /// Writes what `body` sends to its output into the file `url`, whose folder must exist.
    ///
    /// - Throws: ``CheckpointError`` with code `unwritable`, or what `body` throws.
    package static func write(to url: URL, _ body: (Output) throws -> Void) throws {
        let folder = url.deletingLastPathComponent()
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = folder.appending(path: ".\(url.lastPathComponent.prefix(64)).\(suffix)\(mark)").path
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(url) }
        do {
            do {
                defer { close(descriptor) }
                try body(Output(descriptor: descriptor, target: url))
                guard fsync(descriptor) == 0 else { throw failure(url) }
            }
            guard rename(temporary, url.path) == 0 else { throw failure(url) }
        } catch {
            unlink(temporary)
            throw error
        }
        synchronize(folder)
    }

    /// Writes `text` as UTF-8 to `url`, whose folder must exist.
    ///
    /// - Throws: ``CheckpointError`` with code `unwritable`.
    package static func write(_ text: String, to url: URL) throws {
        try write(to: url) { try $0.write(text) }
    }

    /// Removes what stopped processes have left in a folder: `.`, the name of a file, a random number, `.tmp`.
    static func removeUnfinished(in folder: URL) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
            let parts = name.dropLast(mark.count).split(separator: ".", omittingEmptySubsequences: false)
            guard name.hasPrefix("."), name.hasSuffix(mark), parts.count > 2,
                UInt64(parts[parts.count - 1], radix: 36) != nil
            else { continue }
            unlink(folder.appending(path: name).path)
        }
    }

    /// Creates a folder and its parents, unless it exists.
    ///
    /// - Throws: ``CheckpointError`` with code `unwritable`.
    package static func createFolder(_ url: URL) throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw CheckpointError(.unwritable, "cannot create the folder \(url.path)", cause: error)
        }
    }

    /// Flushes the renaming itself to disk, if the file system supports it.
    private static func synchronize(_ folder: URL) {
        let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    fileprivate static func failure(_ url: URL, _ error: SystemError = .last) -> CheckpointError {
        CheckpointError(.unwritable, file: url.lastPathComponent, "cannot write \(url.path): \(error)")
    }
}
