// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files of a model in one revision, as the Hub lists them.
struct RepositoryListing: Sendable {
    /// A file and what its content must be.
    struct File: Hashable, Sendable {
        let path: String
        let byteCount: Int
        let hash: ContentHash.Expected
    }

    /// The id of the commit.
    let commit: String
    let files: [File]
    /// Where in `files` each path is, by its bytes: é in one character and in two are two files.
    private let places: [[UInt8]: Int]

    private struct Answer: Codable {
        struct Sibling: Codable {
            struct LargeFile: Codable {
                let sha256: String
                let size: Int
            }
            let rfilename: String
            let size: Int?
            let blobId: String?
            let lfs: LargeFile?
        }
        let sha: String
        let siblings: [Sibling]
    }

    /// Reads the answer to `/api/models/NAME/revision/REVISION?blobs=true`.
    ///
    /// - Throws: ``HubError`` with code `unexpectedAnswer`, also for files that would lie outside the model's folder.
    init(parsing data: Data, of name: RepositoryName) throws {
        func unexpected(_ what: String) -> HubError {
            HubError(.unexpectedAnswer, "the Hub's list of the files of \(name) \(what); check HF_ENDPOINT")
        }
        guard data.nestsReasonably, let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
            throw unexpected("cannot be read")
        }
        guard answer.sha.isCommit else { throw unexpected("names no commit") }
        commit = answer.sha
        files = try answer.siblings.map { sibling in
            let path = sibling.rfilename
            guard path.isRelativePath, path.utf8.count <= Self.longestPath else {
                throw unexpected("holds the path \"\(path.prefix(120))\"")
            }
            if let large = sibling.lfs, large.size >= 0, let hash = ContentHash.Expected(sha256: large.sha256) {
                return File(path: path, byteCount: large.size, hash: hash)
            }
            guard sibling.lfs == nil, let size = sibling.size, size >= 0,
                let hash = sibling.blobId.flatMap(ContentHash.Expected.init(gitBlob:))
            else { throw unexpected("does not say what \"\(path.prefix(120))\" holds") }
            return File(path: path, byteCount: size, hash: hash)
        }
        places = Dictionary(files.enumerated().map { (Array($1.path.utf8), $0) }) { first, _ in first }
    }

    /// What systems take at most.
    private static let longestPath = 4096

    /// The listing in the form in which the Hub answers, with nothing but what is read here.
    var description: Data {
        get throws {
            let siblings = files.map { file in
                switch file.hash {
                case .sha256(let digits):
                    Answer.Sibling(
                        rfilename: file.path, size: nil, blobId: nil,
                        lfs: Answer.Sibling.LargeFile(sha256: digits, size: file.byteCount))
                case .gitBlob(let digits):
                    Answer.Sibling(rfilename: file.path, size: file.byteCount, blobId: digits, lfs: nil)
                }
            }
            return try JSONEncoder().encode(Answer(sha: commit, siblings: siblings))
        }
    }

    /// The file at a path.
    func file(_ path: String) -> File? { places[Array(path.utf8)].map { files[$0] } }

    /// The files that loading needs: configurations, vocabularies, and of the weights one form.
    ///
    /// Needed are files in the model's own folder and anywhere below its modules' folders.
    ///
    /// - Parameter read: The content of a file that names others; nil if it is not there.
    func needed(read: (File) throws -> Data?) rethrows -> [File] {
        func content(_ path: String) throws -> Data? { try file(path).flatMap(read) }
        let folders = Set(try ModuleFolders(read: content).modules.map { Array($0.folder.utf8) })
        let byFolder = Dictionary(grouping: files) { Array($0.path.folderAndName.folder.utf8) }
        var needed: [File] = []
        for (key, files) in byFolder where key.isEmpty || Self.leadsIntoOne(of: folders, key) {
            let folder = String(decoding: key, as: UTF8.self)
            let byName = Dictionary(files.map { (Array($0.path.folderAndName.name.utf8), $0) }) { first, _ in first }
            let weights = try WeightFiles(
                exists: { byName[Array($0.utf8)] != nil }, read: { try content(folder.appendingPath($0)) },
                all: files.map(\.path.folderAndName.name))
            needed += weights.names.compactMap { file(folder.appendingPath($0)) }
            needed += files.filter { file in
                Self.textEndings.contains(where: file.path.hasExactSuffix) && !WeightFiles.mayBe(file.path)
            }
        }
        return needed.sorted { $0.path < $1.path }
    }

    /// Whether a folder is one of some others, or inside one; the model's own has much else in it.
    private static func leadsIntoOne(of folders: Set<[UInt8]>, _ folder: [UInt8]) -> Bool {
        folders.contains(folder)
            || folder.indices.contains { folder[$0] == UInt8(ascii: "/") && folders.contains(Array(folder[..<$0])) }
    }

    private static let textEndings = [".json", ".txt", ".model", ".jinja", ".vocab", ".codes"]
}

extension Data {
    /// Whether JSON nests no deeper than anything here does; `JSONDecoder` crashes on some hundred levels.
    var nestsReasonably: Bool {
        var depth = 0, isInString = false, isEscaped = false
        for byte in self {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth > 64 { return false }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return true
    }
}
