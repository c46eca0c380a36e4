// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation
    import SentenceFiles
    import Synchronization

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// Downloads a model into the cache: asks the Hub what the revision contains, and fetches the files needed.
    struct ModelDownload: Sendable {
        let name: RepositoryName
        let revision: String
        let cache: HubCache
        let client: HubClient
        let progress: (@Sendable (DownloadProgress) -> Void)?

        /// The number of simultaneous downloads.
        private static let threads = 8

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
                try download(file, listing.commit, client) { _ in }.run()
                return FileManager.default.contents(atPath: snapshot.path.appendingPath(file.path))
            }
            let downloads = needed.map { download($0, listing.commit, client) { _ in } }
            let missing = downloads.reduce(0) { $0.saturating(adding: $1.missingByteCount) }
            // Files with the same content share one blob.
            let blobs = Dictionary(downloads.map { ($0.file.hash, $0) }) { first, _ in first }.values
            try checkSpace(for: blobs.reduce(0) { $0.saturating(adding: $1.remainingByteCount) })
            let tally = Tally()
            try ParallelWork.run(needed, threads: Self.threads, check: client.check) { file, check in
                var client = client
                client.check = check
                let blob = download(file, listing.commit, client) { count in
                    let sum = tally.add(count)
                    progress?(DownloadProgress(model: name.description, completedBytes: sum, totalBytes: missing))
                }
                try blob.run()
            }
            try writeReference(to: listing.commit)
            return snapshot
        }

        private func download(
            _ file: RepositoryListing.File, _ commit: String, _ client: HubClient,
            _ report: @escaping @Sendable (Int) -> Void
        ) -> BlobDownload {
            BlobDownload(file: file, commit: commit, name: name, cache: cache, client: client, report: report)
        }

        /// Saves the revision's listing first of all, so that an interrupted download is known to be incomplete.
        private func keep(_ listing: RepositoryListing) {
            let file = cache.listing(of: name, listing.commit)
            guard let text = try? listing.text, (try? String(contentsOf: file, encoding: .utf8)) != text else { return }
            // Without it, for example in a read-only cache, the Hub is asked again next time.
            try? AtomicFile.createFolder(file.deletingLastPathComponent())
            try? AtomicFile.write(text, to: file)
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

        /// Saves which commit the revision refers to, last of all: a revision with such a file is therefore complete.
        private func writeReference(to commit: String) throws {
            guard revision != commit else { return }
            let file = cache.folder(of: name).appending(path: "refs/\(revision)")
            if (try? String(contentsOf: file, encoding: .utf8)) == commit { return }
            do {
                try AtomicFile.createFolder(file.deletingLastPathComponent())
                try AtomicFile.write(commit, to: file)
            } catch let error as CheckpointError { throw HubError(.unwritable, error.message) }
        }

        /// Adds up the progress of all threads.
        private final class Tally: Sendable {
            private let sum = Mutex(0)

            func add(_ count: Int) -> Int {
                sum.withLock { sum in
                    sum = sum.saturating(adding: count)
                    return sum
                }
            }
        }
    }

    extension Int {
        /// The sum, or the largest integer on overflow: announced lengths come from outside.
        fileprivate func saturating(adding other: Int) -> Int {
            let (sum, overflow) = addingReportingOverflow(other)
            return overflow ? (other > 0 ? .max : .min) : sum
        }
    }
#endif
