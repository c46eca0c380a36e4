// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A TLS proxy for a server on 127.0.0.1, with a certificate that is trusted only by clients that are given it.
///
/// OpenSSL creates the certificate, and Python runs the proxy; both must be installed.
package final class LoopbackTLS: Sendable {
    /// The certificate, which is its own certificate authority.
    package let certificate: URL
    /// The address, such as `https://127.0.0.1:4711`.
    package let address: String
    private let process: Process

    /// Whether this machine has the programs that are needed.
    package static let isAvailable = ["openssl", "python3"].allSatisfy { program in
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }

    /// Starts a proxy for the server at an address, with its certificate in a folder.
    package init(to address: String, in folder: URL) throws {
        certificate = folder.appending(path: "certificate.pem")
        let key = folder.appending(path: "key.pem")
        let openssl = try Self.start([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", key.path, "-out", certificate.path, "-days", "2", "-subj", "/CN=loopback",
            "-addext", "subjectAltName=IP:127.0.0.1",
        ])
        openssl.process.waitUntilExit()
        guard openssl.process.terminationStatus == 0, let port = address.split(separator: ":").last else {
            throw CocoaError(.fileNoSuchFile)
        }
        let door = try Self.start(["python3", "-c", Self.script, certificate.path, key.path, String(port)])
        process = door.process
        let line = String(decoding: door.output.fileHandleForReading.availableData, as: UTF8.self)
        self.address = "https://127.0.0.1:\(line.trimmingCharacters(in: .whitespacesAndNewlines))"
    }

    deinit { process.terminate() }

    private static func start(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, output)
    }

    private static let script = """
        import socket, ssl, sys, threading

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        door = socket.create_server(("127.0.0.1", 0))
        print(door.getsockname()[1], flush=True)


        def serve(plain):
            try:
                with context.wrap_socket(plain, server_side=True) as outside:
                    with socket.create_connection(("127.0.0.1", int(sys.argv[3]))) as inside:
                        head = b""
                        while b"\\r\\n\\r\\n" not in head:
                            head += outside.recv(65536)
                        inside.sendall(head)
                        while part := inside.recv(65536):
                            outside.sendall(part)
            except OSError:
                pass


        while True:
            threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()
        """
}
