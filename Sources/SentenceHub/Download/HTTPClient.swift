// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation

    /// Requests that the calling thread waits for, and whose answers come no faster than it takes them.
    ///
    /// Redirections are answers like any other: who asks decides whether to follow, and what to tell the next host.
    /// Proxies come from the environment (`http_proxy`, `https_proxy`, `no_proxy`), on Apple platforms from the system.
    protocol HTTPClient: Sendable {
        /// Sends a request, and hands over the head of the answer and then its body part by part.
        ///
        /// - Parameters:
        ///   - request: What is asked.
        ///   - check: Called several times a second; what it throws ends the exchange, as does what `body` throws.
        ///   - head: Takes the head, and says whether the body is wanted.
        ///   - body: Takes a part of the body.
        /// - Throws: ``HTTPFailure`` for a connection that fails or falls silent.
        func send(
            _ request: HTTPRequest, check: () throws -> Void, head: (HTTPHead) throws -> Bool,
            body: (Data) throws -> Void
        ) throws
    }

    /// What is asked with GET.
    struct HTTPRequest: Sendable {
        let url: URL
        /// Values of header fields by their names.
        var fields: [String: String]
    }

    /// The head of an answer.
    struct HTTPHead: Sendable {
        let status: Int
        private let fields: [String: String]

        /// - Parameters:
        ///   - status: The number that says how it went.
        ///   - fields: Names and values of the header fields; of several with the same name the first counts.
        init(status: Int, fields: some Sequence<(String, String)>) {
            self.status = status
            self.fields = Dictionary(fields.map { ($0.0.lowercased(), $0.1) }) { first, _ in first }
        }

        /// The value of a header field, whose name is given in lower case.
        subscript(_ field: String) -> String? { fields[field] }
    }

    /// Why there is no answer, or no whole one.
    enum HTTPFailure: Error {
        case silent, unknownHost, noConnection, broken
        /// The other side's certificate is not one to trust, with what is said about it.
        case untrusted(String)
        case other(String)

        var words: String {
            switch self {
            case .silent: "it does not answer in time"
            case .unknownHost: "its address is not known"
            case .noConnection: "it takes no connection"
            case .broken: "the connection broke"
            case .untrusted(let what), .other(let what): what
            }
        }
    }
#endif
