// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation

    /// Sends requests, for which the calling thread waits; responses arrive no faster than it consumes them.
    ///
    /// Redirections are returned like any other response: the caller decides whether to follow them, and what to send
    /// to the next host. Proxies come from the environment (`http_proxy`, `https_proxy`, `no_proxy`), or on Apple
    /// platforms from the system.
    protocol HTTPClient: Sendable {
        /// Sends a request, and passes on the head of the response and then its body in parts.
        ///
        /// - Parameters:
        ///   - request: The request to send.
        ///   - check: Called several times a second; if it or `body` throws, the exchange ends with that error.
        ///   - head: Receives the head, and returns whether the body is wanted.
        ///   - body: Receives a part of the body.
        /// - Throws: ``HTTPFailure`` if the connection fails or times out.
        func send(
            _ request: HTTPRequest, check: () throws -> Void, head: (HTTPHead) throws -> Bool,
            body: (Data) throws -> Void
        ) throws
    }

    /// A GET request.
    struct HTTPRequest: Sendable {
        let url: URL
        /// The values of header fields by name.
        var fields: [String: String]
    }

    /// The status and header fields of a response.
    struct HTTPHead: Sendable {
        let status: Int
        private let fields: [String: String]

        /// A head.
        ///
        /// - Parameters:
        ///   - status: The status code.
        ///   - fields: The names and values of header fields; if a name occurs more than once, the first one is used.
        init(status: Int, fields: some Sequence<(String, String)>) {
            self.status = status
            self.fields = Dictionary(fields.map { ($0.0.lowercased(), $0.1) }) { first, _ in first }
        }

        /// The value of a header field, whose name must be in lower case.
        subscript(_ field: String) -> String? { fields[field] }
    }

    /// Why there is no complete response.
    enum HTTPFailure: Error {
        case silent, unknownHost, noConnection, broken
        /// The server's certificate is not trusted; with a description of the problem.
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
