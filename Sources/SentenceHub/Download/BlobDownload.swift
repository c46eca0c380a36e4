// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation
    import SentenceFiles

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// Downloads one file into the cache: `blobs/HASH`, and a link to it from the snapshot.
    ///
    /// The bytes go to a partial file with its own name, which is renamed only after its hash has been checked. A
    /// partial file is locked while it is written, so one left by an interrupted download can be told from one that
    /// another process is writing, and is resumed.
    /// process is writing, and is taken up again.
    struct BlobDownload: Sendable {
        let file: RepositoryListing.File
        let commit: String
        let name: RepositoryName
        let cache: HubCache
        let client: HubClient
        /// Receives the number of bytes added, or a negative number if some of them had to be discarded.
        let report: @Sendable (Int) -> Void

        private static let partialEnding = ".partial"

        private var folder: URL { cache.folder(of: name) }
        private var blobs: URL { folder.appending(path: "blobs", directoryHint: .isDirectory) }
        private var blob: URL { blobs.appending(path: file.hash.digits) }
        private var pointer: URL { folder.appending(path: "snapshots/\(commit)/\(file.path)") }

        /// Whether the snapshot already has the file.
        var isThere: Bool { FileManager.default.fileExists(atPath: pointer.path) }

        /// The number of bytes that were missing before the download began.
        var missingByteCount: Int { isThere || hasBlob ? 0 : file.byteCount }

        /// The number of bytes still to download.
        var remainingByteCount: Int {
            let there = partials.compactMap { Self.size(ofFile: blobs.appending(path: $0).path) }.max() ?? 0
            return max(0, missingByteCount - there)
        }

        private var hasBlob: Bool { Self.size(ofFile: blob.path) == file.byteCount }

        /// The size of a regular file; nil for a link, which could be planted by someone else.
        private static func size(ofFile path: String) -> Int? {
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            return Int(status.st_size)
        }

        /// Downloads the file unless it is already there.
        ///
        /// - Throws: ``HubError``.
        func run() throws {
            guard !isThere else { return }
            try Self.makeFolder(blobs)
            try Self.makeFolder(pointer.deletingLastPathComponent())
            if !hasBlob {
                let lock = try waitForLock()
                // Another process may have been faster.
                if hasBlob { report(file.byteCount) } else { try fetch() }
                withExtendedLifetime(lock) {}
            }
            try link()
        }

        /// The lock that the Python client holds while it writes the same blob.
        private func waitForLock() throws -> FileLock {
            let locks = cache.root.appending(path: ".locks/\(name.folderName)", directoryHint: .isDirectory)
            try Self.makeFolder(locks)
            let path = locks.appending(path: "\(file.hash.digits).lock").path
            var patience: ContinuousClock.Instant? = .now + .seconds(1)
            while true {
                switch FileLock.take(path: path) {
                case .taken(let lock): return lock
                case .refused(let number): throw Self.unwritable(path, number)
                case .missed: break
                }
                if let end = patience, .now >= end {
                    client.warn(
                        "waiting for another process, which downloads \(file.path) of \(name) (it holds \(path))")
                    patience = nil
                }
                try client.pause()
            }
        }

        // MARK: The content

        private func fetch() throws {
            for isLast in [false, true] {
                let partial = try takePartial()
                defer { withExtendedLifetime(partial.lock) {} }
                if try fill(partial) {
                    guard fsync(partial.lock.descriptor) == 0, rename(partial.path, blob.path) == 0 else {
                        throw Self.unwritable(blob.path)
                    }
                    return
                }
                unlink(partial.path)
                report(-file.byteCount)
                if isLast { break }
            }
            throw HubError(
                .wrongContent,
                "\(file.path) of \(name) arrived with another hash than the Hub announces (\(file.hash.digits)), twice; "
                    + "something on the way changes it")
        }

        /// A locked file to write to: one from an earlier attempt, or a new one.
        private func takePartial() throws -> (path: String, lock: FileLock) {
            for name in partials {
                let path = blobs.appending(path: name).path
                if case .taken(let lock) = FileLock.take(path: path, creating: false) { return (path, lock) }
            }
            let unique = String(UInt64.random(in: .min ... .max), radix: 36)
            let path = blobs.appending(path: file.hash.digits + "." + unique + Self.partialEnding).path
            switch FileLock.take(path: path) {
            case .taken(let lock): return (path, lock)
            case .missed: throw Self.unwritable(path, EBUSY)
            case .refused(let number): throw Self.unwritable(path, number)
            }
        }

        /// The names of the partial files from earlier attempts.
        private var partials: [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: blobs.path)) ?? []
            return names.filter { $0.hasPrefix(file.hash.digits + ".") && $0.hasSuffix(Self.partialEnding) }.sorted()
        }

        /// Downloads what is missing; returns whether the complete file has the expected hash.
        private func fill(_ partial: (path: String, lock: FileLock)) throws -> Bool {
            let descriptor = partial.lock.descriptor
            var hash = ContentHash(file.hash, byteCount: file.byteCount)
            var count = 0
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            try handle.seek(toOffset: 0)
            while count < file.byteCount, let data = try handle.read(upToCount: 1 << 20), !data.isEmpty {
                hash.update(data)
                count += data.count
                try client.check()
            }
            report(count)
            guard count < file.byteCount || count == 0 else { return count == file.byteCount && hash.isRight }
            if file.byteCount > 0 {
                try client.content(of: file, commit: commit, of: name) {
                    count
                } begin: { start in
                    guard start == 0 else { return }
                    report(-count)
                    (hash, count) = (ContentHash(file.hash, byteCount: file.byteCount), 0)
                    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
                        throw Self.unwritable(partial.path)
                    }
                } body: { data in
                    guard count + data.count <= file.byteCount else {
                        throw HubError(
                            .wrongContent,
                            "\(file.path) of \(name) is longer than the \(file.byteCount) bytes that the Hub announces")
                    }
                    do { try data.withUnsafeBytes { try writeAll($0, to: descriptor) } } catch let error as SystemError
                    {
                        throw Self.unwritable(partial.path, error.number)
                    }
                    hash.update(data)
                    count += data.count
                    report(data.count)
                }
            }
            return count == file.byteCount && hash.isRight
        }

        // MARK: The snapshot

        /// Links the snapshot's file to the blob, or copies it if the file system does not support links.
        private func link() throws {
            let levels = file.path.count { $0 == "/" } + 2
            let target = String(repeating: "../", count: levels) + "blobs/\(file.hash.digits)"
            let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
            let temporary = pointer.deletingLastPathComponent().appending(path: ".\(suffix).tmp").path
            if symlink(target, temporary) != 0 {
                do { try FileManager.default.copyItem(atPath: blob.path, toPath: temporary) } catch {
                    unlink(temporary)
                    throw Self.unwritable(pointer.path)
                }
            }
            guard rename(temporary, pointer.path) == 0 else {
                unlink(temporary)
                throw Self.unwritable(pointer.path)
            }
        }

        static func makeFolder(_ url: URL) throws {
            do { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) } catch {
                throw HubError(.unwritable, "cannot create the folder \(url.path): \(error.causeDescription)")
            }
        }

        static func unwritable(_ path: String, _ number: Int32 = errno) -> HubError {
            HubError(
                number == ENOSPC || number == EDQUOT ? .diskFull : .unwritable,
                "cannot write \(path): \(SystemError(number))")
        }
    }
#endif
