// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Writes folders so that a reader sees either the old or the complete new content, never a part of it.
package enum AtomicFolder {
    /// The beginning of the names of folders that are being written, which a stopped process leaves behind.
    private static let mark = ".unfinished-"
    /// The end of the names of folders that are being replaced.
    private static let replacedMark = ".old"

    /// Calls `body` to fill a temporary folder beside `url`, and then gives it that name; what stood there is replaced.
    ///
    /// - Throws: ``CheckpointError`` with code `unwritable`, or what `body` throws; what stood there is still there then.
    package static func write(to url: URL, _ body: (URL) throws -> Void) throws {
        let parent = url.deletingLastPathComponent(), files = FileManager.default
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = parent.appending(path: "\(mark)\(url.lastPathComponent).\(suffix)")
        let replaced = parent.appending(path: "\(mark)\(url.lastPathComponent).\(suffix)\(replacedMark)")
        try AtomicFile.createFolder(temporary)
        do {
            try body(temporary)
            do {
                if files.fileExists(atPath: url.path) { try files.moveItem(at: url, to: replaced) }
                try files.moveItem(at: temporary, to: url)
            } catch {
                throw CheckpointError(.unwritable, "cannot create the folder \(url.path)", cause: error)
            }
        } catch {
            try? files.removeItem(at: temporary)
            if !files.fileExists(atPath: url.path) { try? files.moveItem(at: replaced, to: url) }
            throw error
        }
        try? files.removeItem(at: replaced)
    }

    /// Removes a folder so that no part of it is ever found under its name.
    package static func remove(_ url: URL) {
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        let name = "\(mark)\(url.lastPathComponent).\(suffix)"
        let removed = url.deletingLastPathComponent().appending(path: name)
        guard (try? FileManager.default.moveItem(at: url, to: removed)) != nil else { return }
        try? FileManager.default.removeItem(at: removed)
    }

    /// Removes what stopped processes have left in a folder, also of single files in it and in the folders in it.
    ///
    /// A folder that had been moved away, while what was to replace it had not been moved there, gets its name back.
    package static func removeUnfinished(in folder: URL) {
        let files = FileManager.default
        AtomicFile.removeUnfinished(in: folder)
        for name in (try? files.contentsOfDirectory(atPath: folder.path)) ?? [] {
            let url = folder.appending(path: name)
            guard name.hasPrefix(mark) else {
                AtomicFile.removeUnfinished(in: url)
                continue
            }
            if name.hasSuffix(replacedMark), let end = name.dropLast(replacedMark.count).lastIndex(of: ".") {
                let target = folder.appending(path: String(name[..<end].dropFirst(mark.count)))
                if !files.fileExists(atPath: target.path) { try? files.moveItem(at: url, to: target) }
            }
            try? files.removeItem(at: url)
        }
    }
}
