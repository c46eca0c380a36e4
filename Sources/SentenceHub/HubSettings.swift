// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The Hub settings in the environment, by the rules of the Python client.
package struct HubSettings: Sendable {
    /// The address of the Hub, without a trailing "/": `HF_ENDPOINT`.
    package var endpoint: String
    /// The token: `HF_TOKEN`, or else the content of the token file (`HF_TOKEN_PATH`, or else `token` in `HF_HOME`).
    package var token: String?
    /// Whether the network is off: `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE`.
    package var isOffline: Bool
    /// How long to wait for data: `HF_HUB_DOWNLOAD_TIMEOUT`, in seconds.
    package var timeout: Duration
    /// The certificate authorities to trust instead of the system's.
    ///
    /// They are set by `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`, `SSL_CERT_FILE` or `SSL_CERT_DIR`.
    var authorities: CertificateAuthorities?

    /// The settings in the given environment.
    package init(environment: [String: String]) {
        func value(_ names: String...) -> String? { names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } }
        func isOn(_ text: String?) -> Bool { ["1", "ON", "YES", "TRUE"].contains(text?.uppercased()) }
        func trimmed(_ text: String?) -> String? {
            text.map { $0.drop(while: \.isWhitespace) }.map { String($0.prefix { !$0.isWhitespace }) }
                .flatMap { $0.isEmpty ? nil : $0 }
        }
        var endpoint = value("HF_ENDPOINT") ?? "https://huggingface.co"
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        self.endpoint = endpoint
        isOffline = isOn(value("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))
        timeout = .seconds(value("HF_HUB_DOWNLOAD_TIMEOUT").flatMap { Int($0) }.map { min(max($0, 1), 3600) } ?? 10)
        authorities =
            ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"].lazy.compactMap { name in
                value(name).map { CertificateAuthorities(variable: name, path: $0.expandingHome(environment)) }
            }.first
        let home = value("HF_HOME") ?? (value("XDG_CACHE_HOME") ?? "~/.cache") + "/huggingface"
        let file = (value("HF_TOKEN_PATH") ?? home + "/token").expandingHome(environment)
        token =
            isOn(environment["HF_HUB_DISABLE_IMPLICIT_TOKEN"])
            ? nil
            : trimmed(value("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"))
                ?? trimmed(try? String(contentsOf: URL(filePath: file), encoding: .utf8))
    }
}

/// Certificate authorities to trust instead of the system's, and the variable that sets them.
struct CertificateAuthorities: Sendable {
    let variable: String
    /// A PEM file, or a folder in OpenSSL's format.
    let path: String
}
