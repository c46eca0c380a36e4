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

    private struct Answer: Decodable {
        struct Sibling: Decodable {
            struct LargeFile: Decodable {
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
            guard path.isRelativePath else { throw unexpected("holds the path \"\(path.prefix(120))\"") }
            if let large = sibling.lfs, large.size >= 0, let hash = ContentHash.Expected(sha256: large.sha256) {
                return File(path: path, byteCount: large.size, hash: hash)
            }
            guard sibling.lfs == nil, let size = sibling.size, size >= 0,
                let hash = sibling.blobId.flatMap(ContentHash.Expected.init(gitBlob:))
            else { throw unexpected("does not say what \"\(path.prefix(120))\" holds") }
            return File(path: path, byteCount: size, hash: hash)
        }
    }

    /// The file at a path.
    func file(_ path: String) -> File? { files.first { $0.path == path } }

    /// The folders of the modules that a `modules.json` names.
    static func moduleFolders(_ data: Data) -> [String] {
        struct Module: Decodable { let path: String }
        guard data.nestsReasonably, let modules = try? JSONDecoder().decode([Module].self, from: data) else {
            return []
        }
        return modules.map(\.path).filter(\.isRelativePath)
    }

    /// The files that loading needs: configurations, vocabularies, and of the weights one form.
    ///
    /// Needed are files in the model's own folder and anywhere below its modules' folders.
    func needed(moduleFolders: [String]) -> [File] {
        let inside = files.filter { file in
            !file.path.contains("/") || moduleFolders.contains { file.path.hasPrefix($0 + "/") }
        }
        let byFolder = Dictionary(grouping: inside) { $0.path.split(separator: "/").dropLast().joined(separator: "/") }
        return byFolder.values.flatMap(Self.needed(inOneFolder:)).sorted { $0.path < $1.path }
    }

    private static let textEndings = [".json", ".txt", ".model", ".jinja", ".vocab", ".codes"]
    private static let weightFiles = ["model.safetensors", "pytorch_model.bin"]

    private static func needed(inOneFolder files: [File]) -> [File] {
        func name(_ file: File) -> String { file.path.split(separator: "/").last.map(String.init) ?? "" }
        let names = Set(files.map(name))
        var weights: (String) -> Bool = { _ in false }
        for single in weightFiles {
            if names.contains(single) {
                weights = { $0 == single }
                break
            }
            let index = single + ".index.json"
            if names.contains(index) {
                let ending = single.suffix(4)
                weights = { $0 == index || $0.hasSuffix(ending) }
                break
            }
        }
        return files.filter { file in
            let name = name(file)
            if name.hasSuffix(".index.json") { return weights(name) }
            return weights(name) || textEndings.contains(where: name.hasSuffix)
        }
    }
}

extension Data {
    /// Whether JSON nests no deeper than anything here does; `JSONDecoder` crashes on some hundred levels.
    fileprivate var nestsReasonably: Bool {
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
