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

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where output goes; checked before the work begins, so that no hour of work is lost to a wrong path.
enum Destination {
    /// Standard output, a named pipe or a device, to which bytes are written directly.
    case stream(Int32, name: String)
    /// A file that is replaced when the work is done; the path has no symbolic link at its end.
    case file(String)

    /// - Parameter url: The file; nil for standard output.
    /// - Throws: A `Failure` if nothing can be written there.
    init(_ url: URL?) throws {
        guard let url else {
            self = .stream(System.standardOutput, name: "standard output")
            return
        }
        let path = try Self.followingLinks(url.path)
        var status = stat()
        if stat(path, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFREG: break
            case S_IFDIR: throw Failure("cannot write \(url.path): it is a folder; name a file")
            default:
                // Opening a pipe waits for its reader.
                let descriptor = open(path, O_WRONLY | O_CLOEXEC)
                guard descriptor >= 0 else { throw Self.failure(url.path) }
                self = .stream(descriptor, name: url.path)
                return
            }
        } else if errno != ENOENT && errno != ENOTDIR {
            throw Self.failure(url.path)
        }
        let folder = URL(filePath: path).deletingLastPathComponent().path
        guard access(folder, W_OK | X_OK) == 0, stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure("cannot write \(url.path): there is no folder \(folder), or it is not writable")
        }
        self = .file(path)
    }

    /// Whether the file, or standard output if it is nil, is a stream; it is not opened.
    static func isStream(_ url: URL?) -> Bool {
        guard let url else { return true }
        var status = stat()
        guard stat(url.path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }

    /// The path with symbolic links at its end followed, even if the file does not exist yet.
    private static func followingLinks(_ path: String) throws -> String {
        var path = path
        // As many as Linux follows.
        for _ in 0..<40 {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            let count = readlink(path, &buffer, buffer.count - 1)
            guard count > 0 else { return path }
            let target = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
            let folder = URL(filePath: path).deletingLastPathComponent().path
            path = target.hasPrefix("/") ? target : folder + "/" + target
        }
        throw Failure("cannot write \(path): too many symbolic links")
    }

    private static func failure(_ path: String) -> Failure {
        Failure("cannot write \(path): \(SystemError.last)")
    }
}
