// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceHashes
import Foundation
import Synchronization

/// A Hub on 127.0.0.1 with one model, and a second host that holds its large files.
package final class LoopbackHub: Sendable {
    /// A file of the model.
    package struct File: Sendable {
        /// The path in the repository.
        package let path: String

        /// The content.
        package let content: [UInt8]
        /// The SHA-256 of a large file, or the git hash of any other.
        package let hash: String

        /// Whether the file is in large file storage.
        package let isLarge: Bool

        /// A file with any hash, including a wrong one.
        package init(_ path: String, _ content: [UInt8], hash: String, isLarge: Bool = false) {
            self.path = path
            self.content = content
            self.hash = hash
            self.isLarge = isLarge
        }

        /// A file with the correct hash.
        package init(_ path: String, _ content: [UInt8], isLarge: Bool) {
            var hash = isLarge ? sh_sha256() : sh_sha1()
            for part in [isLarge ? [] : Array("blob \(content.count)\0".utf8), content] {
                sh_update(&hash, part, part.count)
            }
            var digest = [UInt8](repeating: 0, count: Int(SH_LONGEST_DIGEST))
            let count = sh_finish(&hash, &digest)
            let digits = digest[..<count].map { String(format: "%02x", Int($0)) }.joined()
            self.init(path, content, hash: digits, isLarge: isLarge)
        }
    }

    private let storage: LoopbackServer
    private let hub: LoopbackServer
    private let faults: Faults

    /// Modified answers that are sent instead of the right ones, each once, in order.
    private final class Faults: Sendable {
        let answers = Mutex<[(part: String, change: @Sendable (inout LoopbackServer.Answer) -> Void)]>([])

        func apply(to target: String, _ answer: inout LoopbackServer.Answer) {
            let change = answers.withLock { answers in
                answers.firstIndex { target.contains($0.part) }.map { answers.remove(at: $0).change }
            }
            change?(&answer)
        }
    }

    /// Starts both hosts.
    ///
    /// - Parameters:
    ///   - name: the name of the model.
    ///   - commits: the commit id of each revision.
    ///   - files: the files of every commit.
    ///   - token: the token required to read the model; nil if everyone may.
    /// - Throws: `POSIXError` if there is no free port.
    package init(_ name: String, commits: [String: String], files: [File], token: String? = nil) throws {
        let faults = Faults()
        self.faults = faults
        let storage = try LoopbackServer { request in
            var answer = Self.content(of: files.first { "/\($0.hash)" == request.target }, request)
            faults.apply(to: request.target, &answer)
            return answer
        }
        let large = storage.address
        hub = try LoopbackServer { request in
            var answer = LoopbackServer.Answer(404, fields: ["X-Error-Code": "RepoNotFound"])
            if let token, request.fields["authorization"] != "Bearer \(token)" {
                answer.status = 401
            } else if request.target.hasPrefix("/api/models/\(name)/revision/") {
                answer = Self.list(request, name, commits, files)
            } else if request.target.hasPrefix("/\(name)/resolve/") {
                let target = request.target.removingPercentEncoding ?? ""
                let file = files.first { file in
                    commits.values.contains { target.utf8.elementsEqual("/\(name)/resolve/\($0)/\(file.path)".utf8) }
                }
                answer =
                    file?.isLarge == true
                    ? LoopbackServer.Answer(302, fields: ["Location": "\(large)/\(file?.hash ?? "")"])
                    : Self.content(of: file, request)
            }
            faults.apply(to: request.target, &answer)
            return answer
        }
        self.storage = storage
    }

    /// The address of the Hub.
    package var address: String { hub.address }
    /// The requests to the Hub itself.
    package var requests: [LoopbackServer.Request] { hub.requests }
    /// The requests to the host of the large files.
    package var storageRequests: [LoopbackServer.Request] { storage.requests }

    /// The number of bytes that the host of the large files could send.
    package var storageByteCount: Int { storage.sentByteCount }

    /// Changes the next answer to a request whose target contains `part`; several changes apply to successive requests.
    package func spoil(_ part: String, _ change: @escaping @Sendable (inout LoopbackServer.Answer) -> Void) {
        faults.answers.withLock { $0.append((part, change)) }
    }

    private static func list(
        _ request: LoopbackServer.Request, _ name: String, _ commits: [String: String], _ files: [File]
    ) -> LoopbackServer.Answer {
        let revision = request.target.dropFirst("/api/models/\(name)/revision/".count).prefix { $0 != "?" }
        guard let commit = commits[String(revision).replacing("%2F", with: "/")] else {
            return LoopbackServer.Answer(404, fields: ["X-Error-Code": "RevisionNotFound"])
        }
        let siblings = files.map { file in
            let pointer = #""lfs":{"sha256":"\#(file.hash)","size":\#(file.content.count),"pointerSize":130},"#
            return #"{"rfilename":"\#(file.path)",\#(file.isLarge ? pointer : "")"size":\#(file.content.count),"#
                + #""blobId":"\#(file.isLarge ? String(repeating: "0", count: 40) : file.hash)"}"#
        }
        let body = #"{"id":"\#(name)","sha":"\#(commit)","siblings":[\#(siblings.joined(separator: ","))]}"#
        return LoopbackServer.Answer(200, body: Array(body.utf8))
    }

    private static func content(of file: File?, _ request: LoopbackServer.Request) -> LoopbackServer.Answer {
        guard let file else { return LoopbackServer.Answer(404, fields: ["X-Error-Code": "EntryNotFound"]) }
        guard let range = request.fields["range"], let start = Int(range.dropFirst("bytes=".count).dropLast()) else {
            return LoopbackServer.Answer(200, body: file.content)
        }
        guard start < file.content.count else { return LoopbackServer.Answer(416) }
        let place = "bytes \(start)-\(file.content.count - 1)/\(file.content.count)"
        return LoopbackServer.Answer(206, fields: ["Content-Range": place], body: Array(file.content[start...]))
    }
}
