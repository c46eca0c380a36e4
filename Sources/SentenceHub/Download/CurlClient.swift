// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub && os(Linux) && canImport(Glibc)
    import CSentenceCurl
    import Foundation
    import Synchronization

    /// HTTP requests through libcurl.
    final class CurlClient: HTTPClient {
        private let timeout: Duration
        private let authorities: CertificateAuthorities?
        private let idle = Mutex<[Connections]>([])

        /// `@unchecked Sendable`: whoever has taken a connection out of `idle` is its only user.
        private struct Connections: @unchecked Sendable {
            let pointer: OpaquePointer
        }

        /// Why libcurl cannot be used; nil if it can.
        private static let missing: String? = sc_open().map { String(cString: $0) }

        /// A client with a timeout, and with its own authorities if any are given.
        ///
        /// - Throws: ``HubError`` if libcurl is missing.
        init(timeout: Duration, authorities: CertificateAuthorities?) throws {
            self.timeout = timeout
            self.authorities = authorities
            if let missing = Self.missing {
                throw HubError(.unreachable, "downloads need libcurl, and \(missing) is not there; install libcurl4")
            }
        }

        deinit {
            idle.withLock { connections in connections.forEach { sc_connections_destroy($0.pointer) } }
        }

        func send(
            _ request: HTTPRequest, check: () throws -> Void, head: (HTTPHead) throws -> Bool,
            body: (Data) throws -> Void
        ) throws {
            guard let connections = idle.withLock({ $0.popLast() })?.pointer ?? sc_connections_create() else {
                throw HTTPFailure.other("there is no memory left")
            }
            defer { idle.withLock { $0.append(Connections(pointer: connections)) } }
            let answer = Answer()
            let context = Unmanaged.passUnretained(answer).toOpaque()
            let exchange = sc_exchange_create(
                connections, request.url.absoluteString,
                { context, isHead, bytes, count in
                    Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue().add(bytes, count, isHead: isHead)
                }, context)
            guard let exchange else { throw HTTPFailure.other("there is no memory left") }
            defer {
                sc_exchange_destroy(exchange)
                withExtendedLifetime(answer) {}
            }
            for (name, value) in request.fields { sc_add_field(exchange, "\(name): \(value)") }
            trust(exchange)
            sc_begin(exchange)
            var lastSign = ContinuousClock.now
            while true {
                let goesOn = sc_continue(exchange, 50)
                if let complete = answer.takeHead() {
                    guard try head(complete) else { return }
                    lastSign = .now
                }
                if let data = answer.takeBody() {
                    try body(data)
                    lastSign = .now
                }
                try check()
                guard goesOn else { break }
                if .now - lastSign >= timeout { throw HTTPFailure.silent }
            }
            if let failure = Self.failure(exchange) { throw failure }
            guard answer.isHeadTaken else { throw HTTPFailure.broken }
        }

        private func trust(_ exchange: OpaquePointer) {
            guard let path = authorities?.path else { return }
            if URL(filePath: path).isExistingFolder {
                sc_trust(exchange, nil, path)
            } else {
                sc_trust(exchange, path, nil)
            }
        }

        private static func failure(_ exchange: OpaquePointer) -> HTTPFailure? {
            let message = String(cString: sc_message(exchange))
            return switch sc_ending(exchange) {
            case SC_DONE: nil
            case SC_UNKNOWN_HOST: .unknownHost
            case SC_NO_CONNECTION: .noConnection
            case SC_BROKEN: .broken
            case SC_UNTRUSTED, SC_NO_CERTIFICATES: .untrusted(message)
            default: .other(message)
            }
        }

        /// Data received but not yet consumed: at most as much as libcurl reads at a time.
        private final class Answer {
            private var lines: [String] = []
            private var isHeadComplete = false
            private(set) var isHeadTaken = false
            private var body = Data()

            func add(_ bytes: UnsafePointer<CChar>, _ count: Int, isHead: Bool) {
                let bytes = UnsafeRawBufferPointer(start: bytes, count: count)
                guard isHead else {
                    body.append(contentsOf: bytes)
                    return
                }
                // Trailers after the body contain nothing of interest.
                guard !isHeadTaken else { return }
                var line = bytes[...]
                while let last = line.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
                    line.removeLast()
                }
                // Interim responses may precede the final one.
                if isHeadComplete { (lines, isHeadComplete) = ([], false) }
                if line.isEmpty { isHeadComplete = true } else { lines.append(String(decoding: line, as: UTF8.self)) }
            }

            func takeHead() -> HTTPHead? {
                guard isHeadComplete, !isHeadTaken, let status = status, status >= 200 else { return nil }
                isHeadTaken = true
                let fields = lines.dropFirst().compactMap { line -> (String, String)? in
                    guard let colon = line.firstIndex(of: ":") else { return nil }
                    let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                    return (String(line[..<colon]), value)
                }
                return HTTPHead(status: status, fields: fields)
            }

            private var status: Int? {
                lines.first.flatMap { line in
                    let words = line.split(separator: " ", omittingEmptySubsequences: true)
                    return words.count > 1 ? Int(words[1]) : nil
                }
            }

            func takeBody() -> Data? {
                guard isHeadTaken, !body.isEmpty else { return nil }
                defer { body = Data() }
                return body
            }
        }
    }
#endif
