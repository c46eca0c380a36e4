// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import SentenceFiles

/// The files of a model in one revision, as listed by the Hub.
package struct RepositoryListing: Sendable {
    /// A file and the expected hash of its content.
    package struct File: Hashable, Sendable {
        /// The path in the repository.
        package let path: String
        let byteCount: Int
        let hash: ContentHash.Expected
    }

    /// The id of the commit.
    let commit: String

    /// All files of the revision.
    package let files: [File]
    /// The index in `files` of each path, compared by bytes: é as one character and as two are different files.
    private let places: [ExactString: Int]

    /// Parses the response to `/api/models/NAME/revision/REVISION?blobs=true`.
    ///
    /// - Throws: ``HubError`` with code `unexpectedAnswer`, also for paths that lead outside the model's folder.
    package init(parsing data: Data, of name: RepositoryName) throws {
        func unexpected(_ what: String) -> HubError {
            HubError(.unexpectedAnswer, "the Hub's list of the files of \(name) \(what); check HF_ENDPOINT")
        }
        guard let answer = JSONValue(reading: data)?.asObject, let siblings = answer["siblings"]?.asArray else {
            throw unexpected("cannot be read")
        }
        guard let commit = answer["sha"]?.asString, commit.isCommit else { throw unexpected("names no commit") }
        self.commit = commit
        files = try siblings.map { sibling in
            guard let sibling = sibling.asObject, let path = sibling["rfilename"]?.asString else {
                throw unexpected("holds something without a name")
            }
            guard path.isRelativePath, path.utf8.count <= Self.longestPath else {
                throw unexpected("holds the path \"\(path.prefix(120))\"")
            }
            let large = sibling["lfs"]?.asObject
            let hash =
                large.map { $0["sha256"]?.asString.flatMap(ContentHash.Expected.init(sha256:)) }
                ?? sibling["blobId"]?.asString.flatMap(ContentHash.Expected.init(gitBlob:))
            guard let hash, let size = (large ?? sibling)["size"]?.asInt, size >= 0 else {
                throw unexpected("does not say what \"\(path.prefix(120))\" holds")
            }
            return File(path: path, byteCount: size, hash: hash)
        }
        places = Dictionary(files.enumerated().map { (ExactString($1.path), $0) }) { first, _ in first }
    }

    /// The longest path that systems accept.
    private static let longestPath = 4096

    /// The listing in the Hub's format, reduced to what is read here.
    package var text: String {
        get throws {
            let siblings = files.map { file -> JSONValue in
                let size = JSONValue.int(file.byteCount), path = JSONValue.string(file.path)
                return switch file.hash {
                case .sha256(let digits): ["rfilename": path, "lfs": ["sha256": .string(digits), "size": size]]
                case .gitBlob(let digits): ["rfilename": path, "blobId": .string(digits), "size": size]
                }
            }
            let answer: JSONValue = ["sha": .string(commit), "siblings": .array(siblings)]
            return try answer.serialized(.compact)
        }
    }

    /// The file at a path.
    func file(_ path: String) -> File? { places[path].map { files[$0] } }

    /// The files that loading needs: configurations, vocabularies, and one form of the weights.
    ///
    /// They are in the model's own folder and anywhere below the folders of its modules.
    ///
    /// - Parameter read: Returns the content of a file that names other files; nil if it does not exist.
    /// - Returns: The files, sorted by path.
    package func needed(read: (File) throws -> Data?) rethrows -> [File] {
        func content(_ path: String) throws -> Data? { try file(path).flatMap(read) }
        let folders = Set(exact: try ModuleFolders(read: content).modules.map(\.folder))
        let byFolder = Dictionary(grouping: files) { ExactString($0.path.folderAndName.folder) }
        var needed: [File] = []
        for (key, files) in byFolder where folders.contains(key) || Self.isInsideOne(of: folders, key.string) {
            let folder = key.string, names = files.map(\.path.folderAndName.name), known = Set(exact: names)
            let weights = try WeightFiles(
                exists: known.contains, read: { try content(folder.appendingPath($0)) },
                all: names)
            needed += weights.names.compactMap { file(folder.appendingPath($0)) }
            needed += files.filter { file in
                Self.textEndings.contains(where: file.path.hasExactSuffix) && !WeightFiles.mayBe(file.path)
            }
        }
        return needed.sorted { $0.path.precedesByBytes($1.path) }
    }

    /// Whether a folder is inside one of several; the model's own folder is not counted among these.
    private static func isInsideOne(of folders: Set<ExactString>, _ folder: String) -> Bool {
        folder.utf8.indices.contains { folder.utf8[$0] == UInt8(ascii: "/") && folders.contains(String(folder[..<$0])) }
    }

    private static let textEndings = [".json", ".txt", ".model", ".jinja", ".vocab", ".codes"]
}
