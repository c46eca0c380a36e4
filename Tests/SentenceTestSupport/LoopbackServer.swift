// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// An HTTP server on 127.0.0.1 that answers as a test requires, including with broken answers and with silence.
package final class LoopbackServer: Sendable {
    /// A request that the server received.
    package struct Request: Sendable {
        /// The method, such as "GET".
        package let method: String
        /// What follows the method: path and query, or for a proxy the whole address.
        package let target: String
        /// The header fields, by lower-case name.
        package let fields: [String: String]
    }

    /// An answer, which may be broken on purpose.
    package struct Answer: Sendable {
        /// How sending the answer ends.
        package enum Ending: Sendable {
            case whole
            /// The connection is closed after so many bytes of the body.
            case cut(Int)
            /// Nothing more is sent after so many bytes of the body, until the server is released.
            case silence(Int)
        }

        /// The status code.
        package var status: Int

        /// The header fields by name.
        package var fields: [String: String]

        /// The body.
        package var body: [UInt8]

        /// How sending ends.
        package var ending = Ending.whole
        /// Sent instead of everything else.
        package var bytes: [UInt8]?

        /// An answer that is sent completely.
        package init(_ status: Int, fields: [String: String] = [:], body: [UInt8] = []) {
            self.status = status
            self.fields = fields
            self.body = body
        }
    }

    private let listener: Int32
    private let port: UInt16
    private let log = Mutex<[Request]>([])
    private let sent = Mutex(0)
    /// Connections that are kept open without an answer, and closed when the server is released.
    private let silent = Mutex<[Int32]>([])

    /// Starts a server on a free port.
    package init(answer: @escaping @Sendable (Request) -> Answer) throws {
        #if canImport(Darwin) || canImport(Musl)
            let type = SOCK_STREAM
        #else
            let type = Int32(SOCK_STREAM.rawValue)
        #endif
        listener = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isReady = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isReady else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { return }
                Thread.detachNewThread { self.serve(connection, answer) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(2))
        close(listener)
        silent.withLock { $0.forEach { _ = close($0) } }
    }

    /// The address, such as `http://127.0.0.1:4711`.
    package var address: String { "http://127.0.0.1:\(port)" }

    /// All requests so far.
    package var requests: [Request] { log.withLock { $0 } }

    /// The number of bytes that the system has accepted for sending.
    package var sentByteCount: Int { sent.withLock { $0 } }

    private func serve(_ connection: Int32, _ answer: (Request) -> Answer) {
        #if canImport(Darwin)
            var noSignal: Int32 = 1
            setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &noSignal, socklen_t(MemoryLayout<Int32>.size))
        #endif
        guard let request = Self.read(connection) else {
            close(connection)
            return
        }
        log.withLock { $0.append(request) }
        let answer = answer(request)
        var fields = answer.fields
        fields["Content-Length"] = fields["Content-Length"] ?? "\(answer.body.count)"
        fields["Connection"] = "close"
        let head = "HTTP/1.1 \(answer.status) Status\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        let count =
            switch answer.ending {
            case .whole: answer.body.count
            case .cut(let count), .silence(let count): count
            }
        write(
            answer.bytes ?? Array(head.utf8) + (request.method == "HEAD" ? [] : answer.body.prefix(count)),
            to: connection)
        if case .silence = answer.ending {
            silent.withLock { $0.append(connection) }
        } else {
            close(connection)
        }
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        let fields = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            )
        }
        return Request(
            method: String(words[0]), target: String(words[1]), fields: Dictionary(fields) { first, _ in first })
    }

    private func write(_ bytes: [UInt8], to connection: Int32) {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, flags) }
            guard count > 0 else { return }
            sent.withLock { $0 += count }
            rest = rest.dropFirst(count)
        }
    }
}
