// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// Talks to the Hub: follows its redirections, retries where that may help, and interprets its responses.
    struct HubClient: Sendable {
        let endpoint: String
        let token: String?
        /// Called often; if it throws, the exchange ends with that error.
        var check: @Sendable () throws -> Void
        /// How many failures in a row end a request; progress resets the count.
        var tries = 5
        /// Shows a warning to the user.
        let warn: @Sendable (String) -> Void
        /// Waits between two attempts instead of the client itself; used by tests.
        private let waitInstead: (@Sendable (Duration) throws -> Void)?
        private let http: any HTTPClient

        private static let longestWait = Duration.seconds(60)
        private static let longestList = 100_000_000

        init(_ settings: HubSettings, _ request: ModelRequest, wait: (@Sendable (Duration) throws -> Void)? = nil)
            throws
        {
            endpoint = settings.endpoint
            token = request.token ?? settings.token
            check = request.checkCancellation
            warn = request.warning ?? { _ in }
            waitInstead = wait
            if let authorities = settings.authorities, access(authorities.path, R_OK) != 0 {
                throw HubError(
                    .untrusted,
                    "\(authorities.variable) names \(authorities.path), which cannot be read; expected certificates in a "
                        + "file in PEM form")
            }
            #if os(Linux) && canImport(Glibc)
                http = try CurlClient(timeout: settings.timeout, authorities: settings.authorities)
            #else
                http = SessionClient(timeout: settings.timeout)
                if let authorities = settings.authorities {
                    warn("\(authorities.variable) does not count on this platform; the system knows whom to trust")
                }
            #endif
            guard token?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) ?? true else {
                throw HubError(
                    .unauthorized, "the token for the Hub holds characters that no token has; check HF_TOKEN")
            }
            guard endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://"), URL(string: endpoint)?.host != nil
            else {
                throw HubError(
                    .unreachable, "HF_ENDPOINT is \"\(endpoint)\"; expected an address such as https://huggingface.co")
            }
        }

        /// The files of a model in a revision.
        func listing(of name: RepositoryName, revision: String) throws -> RepositoryListing {
            var content = Data()
            try get(
                "/api/models/\(name)/revision/\(Self.escaped(revision, slashes: true))?blobs=true", of: name, revision
            ) { _ in
                content = Data()
            } body: { data in
                content += data
                guard content.count <= Self.longestList else {
                    throw HubError(.unexpectedAnswer, "the Hub's list of the files of \(name) does not end")
                }
            }
            return try RepositoryListing(parsing: content, of: name)
        }

        /// Downloads a file from the end of what exists of it; `have`, its byte count, is called before each attempt.
        ///
        /// `begin` receives the offset at which the content starts: the result of `have`, or 0 if the Hub starts over.
        func content(
            of file: RepositoryListing.File, commit: String, of name: RepositoryName, have: () -> Int,
            begin: (Int) throws -> Void, body: (Data) throws -> Void
        ) throws {
            let target = "/\(name)/resolve/\(commit)/\(Self.escaped(file.path, slashes: false))"
            try get(target, of: name, commit, from: have, upTo: file.byteCount, begin: begin, body: body)
        }

        // MARK: Tries

        /// A response or failure after which the same request may succeed.
        private struct Hindrance: Error {
            let error: HubError
            var delay: Duration?
        }

        private func get(
            _ target: String, of name: RepositoryName, _ revision: String, from have: () -> Int = { 0 },
            upTo end: Int = 0, begin: (Int) throws -> Void, body: (Data) throws -> Void
        ) throws {
            var failures = 0, reached = have()
            while true {
                do {
                    try follow(target, name, revision, have(), begin, body)
                    // A connection that ended early is not always reported as such.
                    guard have() < end else { return }
                    throw Hindrance(error: Self.unreachable(URL(string: endpoint), .broken))
                } catch let hindrance as Hindrance {
                    if have() > reached { (failures, reached) = (0, have()) }
                    failures += 1
                    guard failures < tries else { throw hindrance.error }
                    try wait(min(hindrance.delay ?? .seconds(1 << (failures - 1)), Self.longestWait))
                }
            }
        }

        /// One attempt: the request, and those to which the Hub redirects it.
        private func follow(
            _ target: String, _ name: RepositoryName, _ revision: String, _ start: Int, _ begin: (Int) throws -> Void,
            _ body: (Data) throws -> Void
        ) throws {
            guard let origin = URL(string: endpoint + target) else {
                throw HubError(.unreachable, "\(endpoint)\(target) is not an address; check HF_ENDPOINT")
            }
            var url = origin
            for _ in 0..<10 {
                var request = HTTPRequest(
                    url: url, fields: ["User-Agent": "swift-sentence-transformers", "Accept-Encoding": "identity"])
                if start > 0 { request.fields["Range"] = "bytes=\(start)-" }
                // The token is only for the Hub itself, and most files are on other hosts.
                if let token, url.scheme == origin.scheme, url.host == origin.host, url.port == origin.port {
                    request.fields["Authorization"] = "Bearer \(token)"
                }
                var next: URL?
                do {
                    try http.send(request, check: check) { head in
                        switch head.status {
                        case 200: try begin(0)
                        case 206 where head["content-range"]?.hasPrefix("bytes \(start)-") == true: try begin(start)
                        case 301, 302, 303, 307, 308:
                            next = head["location"].flatMap { URL(string: $0, relativeTo: url)?.absoluteURL }
                            guard next?.scheme == "https" || next?.scheme == url.scheme else {
                                throw HubError(.unexpectedAnswer, "the Hub redirects \(url.absoluteString) to nowhere")
                            }
                            return false
                        case 206,
                            416 where start > 0:
                            // The range is not the requested one, or more bytes exist than the file has: only starting
                            // over helps.
                            try begin(0)
                            throw Hindrance(
                                error: Self.failure(head, url, name, revision, hasToken: token != nil), delay: .zero)
                        default:
                            let error = Self.failure(head, url, name, revision, hasToken: token != nil)
                            guard error.code == .unavailable else { throw error }
                            let delay = head["retry-after"].flatMap { Int($0) }.map { Duration.seconds(max(0, $0)) }
                            throw Hindrance(error: error, delay: delay)
                        }
                        return true
                    } body: {
                        try body($0)
                    }
                } catch let failure as HTTPFailure {
                    if case .untrusted = failure { throw Self.untrusted(url, failure) }
                    throw Hindrance(error: Self.unreachable(url, failure))
                }
                guard let target = next else { return }
                url = target
            }
            throw HubError(.unexpectedAnswer, "the Hub redirects \(origin.absoluteString) without end")
        }

        // MARK: Helpers

        private static func escaped(_ text: String, slashes: Bool) -> String {
            text.utf8.reduce(into: "") { result, byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    result.unicodeScalars.append(Unicode.Scalar(byte))
                case UInt8(ascii: "/") where !slashes: result += "/"
                default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
                }
            }
        }

        /// Pauses briefly, so that others can proceed.
        func pause() throws {
            try check()
            Thread.sleep(forTimeInterval: 0.02)
        }

        private func wait(_ duration: Duration) throws {
            if let waitInstead { return try waitInstead(duration) }
            let end = ContinuousClock.now + duration
            repeat {
                try check()
                Thread.sleep(forTimeInterval: 0.05)
            } while ContinuousClock.now < end
        }
    }
#endif
