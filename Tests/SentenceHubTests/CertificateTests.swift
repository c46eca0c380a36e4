// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub && os(Linux)
    import Foundation
    import SentenceHub
    import SentenceTestSupport
    import Testing

    /// A Hub whose certificate comes from an authority of its own.
    @Suite(.enabled(if: LoopbackTLS.isAvailable)) struct CertificateTests: DownloadSuite {
        let folder: TemporaryFolder
        private static let files = [Tiny.small("modules.json", "[]"), Tiny.small("config.json")]

        init() throws { folder = try TemporaryFolder() }

        private func download(_ door: LoopbackTLS, _ variables: [String: String], _ waits: Waits = Waits()) throws
            -> URL
        {
            let environment = ["HF_ENDPOINT": door.address, "HF_HOME": folder.url.path].merging(variables) { $1 }
            return try ModelLocation.download(
                name, request: ModelRequest(), cache: cache, environment: environment, wait: waits.add)
        }

        @Test func aCertificateThatNobodyVouchesForIsRefusedAtOnce() throws {
            let hub = try hub(Self.files), door = try LoopbackTLS(to: hub.address, in: folder.url), waits = Waits()
            let text = errorText { try download(door, [:], waits) }
            #expect(text.hasPrefix("the certificate of 127.0.0.1 is not trusted: "))
            #expect(
                text.hasSuffix("; if an authority of your own gave it, name that authority's file in SSL_CERT_FILE"))
            #expect(waits.durations.isEmpty && hub.requests.isEmpty)
        }

        @Test(arguments: ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
        func theAuthorityOfTheEnvironmentIsTrusted(_ variable: String) throws {
            let hub = try hub(Self.files), door = try LoopbackTLS(to: hub.address, in: folder.url)
            let snapshot = try download(door, [variable: door.certificate.path])
            #expect(try paths(in: snapshot) == ["config.json", "modules.json"])
        }

        @Test func anAuthorityThatIsNoneIsNamed() throws {
            let hub = try hub(Self.files), door = try LoopbackTLS(to: hub.address, in: folder.url)
            #expect(
                errorText { try download(door, ["SSL_CERT_FILE": "/absent.pem"]) }
                    == "SSL_CERT_FILE names /absent.pem, which cannot be read; expected certificates in a file in PEM form"
            )
            let text = try folder.write("no certificate", to: "text")
            #expect(
                errorText { try download(door, ["SSL_CERT_FILE": text.path]) }.hasPrefix(
                    "the certificate of 127.0.0.1 is not"))
        }
    }
#endif
