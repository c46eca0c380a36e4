// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Dispatch
    import Foundation
    import Synchronization

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// Brings a model into the cache: asks the Hub what the revision holds, and downloads the files that are needed.
    struct ModelDownload: Sendable {
        let name: RepositoryName
        let revision: String
        let cache: HubCache
        let client: HubClient
        let progress: (@Sendable (DownloadProgress) -> Void)?

        /// Files that are downloaded at a time.
        private static let workers = 8

        /// Downloads what is missing.
        ///
        /// - Returns: The folder of the snapshot.
        /// - Throws: ``HubError``, or what the check for cancellation throws.
        func run() throws -> URL {
            let listing = try client.listing(of: name, revision: revision)
            let snapshot = cache.folder(of: name)
                .appending(path: "snapshots/\(listing.commit)", directoryHint: .isDirectory)
            keep(listing)
            let needed = try listing.needed { file in
                try download(file, listing.commit) { _ in }.run()
                return FileManager.default.contents(atPath: snapshot.path.appendingPath(file.path))
            }
            let missing = needed.map { download($0, listing.commit) { _ in } }
                .reduce(0) { $0 + $1.missingByteCount }
            try checkSpace(for: missing)
            let tally = Tally()
            try inParallel(needed) { file in
                let blob = download(file, listing.commit) { count in
                    let sum = tally.add(count)
                    progress?(DownloadProgress(model: name.description, completedBytes: sum, totalBytes: missing))
                }
                try blob.run()
            }
            try writeReference(to: listing.commit)
            return snapshot
        }

        private func download(
            _ file: RepositoryListing.File, _ commit: String, _ report: @escaping @Sendable (Int) -> Void
        ) -> BlobDownload {
            BlobDownload(file: file, commit: commit, name: name, cache: cache, client: client, report: report)
        }

        /// Notes what the revision holds, first of all: so what an end halfway leaves is known to be a part.
        private func keep(_ listing: RepositoryListing) {
            let file = cache.listing(of: name, listing.commit)
            // Without the note, as in a cache that may only be read, the Hub is asked the next time too.
            try? BlobDownload.makeFolder(file.deletingLastPathComponent())
            try? listing.description.write(to: file, options: .atomic)
        }

        private func checkSpace(for byteCount: Int) throws {
            guard byteCount > 0 else { return }
            try BlobDownload.makeFolder(cache.folder(of: name))
            var status = statvfs()
            guard statvfs(cache.folder(of: name).path, &status) == 0 else { return }
            let (free, overflow) = Int(clamping: status.f_bavail)
                .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
            guard overflow || free >= byteCount else {
                throw HubError(
                    .diskFull,
                    "\(name) needs \(byteCount / 1_000_000) MB, and \(cache.root.path) has \(free / 1_000_000) MB left; make room, or "
                        + "choose another cache (HF_HUB_CACHE)")
            }
        }

        /// Notes which commit the revision stands for, last of all: so a revision that is noted is complete.
        private func writeReference(to commit: String) throws {
            guard revision != commit else { return }
            let file = cache.folder(of: name).appending(path: "refs/\(revision)")
            if (try? String(contentsOf: file, encoding: .utf8)) == commit { return }
            try BlobDownload.makeFolder(file.deletingLastPathComponent())
            // Foundation writes to another name first and renames.
            do { try commit.write(to: file, atomically: true, encoding: .utf8) } catch {
                throw HubError(.unwritable, "cannot write \(file.path): \(error.localizedDescription)")
            }
        }

        /// Calls `body` with each file on several threads; the first error ends the rest.
        private func inParallel(
            _ files: [RepositoryListing.File], _ body: @escaping @Sendable (RepositoryListing.File) throws -> Void
        ) throws {
            let work = Work(files)
            let group = DispatchGroup()
            for _ in 0..<min(Self.workers, files.count) {
                group.enter()
                // Threads of their own: on Dispatch's, waiting ones would keep URLSession from its work.
                Thread.detachNewThread {
                    while let file = work.next() {
                        do { try body(file) } catch { work.fail(error) }
                    }
                    group.leave()
                }
            }
            group.wait()
            if let error = work.failure { throw error }
        }

        /// What several threads share: the files that are left, and the first error.
        private final class Work: Sendable {
            private let state: Mutex<(files: [RepositoryListing.File], failure: (any Error)?)>

            init(_ files: [RepositoryListing.File]) { state = Mutex((files.reversed(), nil)) }

            func next() -> RepositoryListing.File? { state.withLock { $0.files.popLast() } }

            func fail(_ error: any Error) {
                state.withLock { state in
                    state.files = []
                    state.failure = state.failure ?? error
                }
            }

            var failure: (any Error)? { state.withLock { $0.failure } }
        }

        /// Adds up what all threads have.
        private final class Tally: Sendable {
            private let sum = Mutex(0)

            func add(_ count: Int) -> Int {
                sum.withLock { sum in
                    sum += count
                    return sum
                }
            }
        }
    }
#endif
