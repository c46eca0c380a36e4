// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Crypto
    import Foundation
#endif

/// The hash of a file, computed while the file arrives.
struct ContentHash {
    /// What the hash must be in the end, in hexadecimal digits: also the name of the file in the cache.
    enum Expected: Hashable, Sendable {
        /// Of files that the Hub keeps in its large file storage.
        case sha256(String)
        /// Of all others: SHA-1 of a header with the length, and the content.
        case gitBlob(String)

        init?(sha256 text: String) {
            guard text.isHexadecimal(count: 64) else { return nil }
            self = .sha256(text)
        }

        init?(gitBlob text: String) {
            guard text.isHexadecimal(count: 40) else { return nil }
            self = .gitBlob(text)
        }

        var digits: String {
            switch self {
            case .sha256(let digits), .gitBlob(let digits): digits
            }
        }
    }

    #if Hub
        private enum State {
            case sha256(SHA256)
            case gitBlob(Insecure.SHA1)
        }

        private let expected: Expected
        private var state: State

        init(_ expected: Expected, byteCount: Int) {
            self.expected = expected
            switch expected {
            case .sha256: state = .sha256(SHA256())
            case .gitBlob:
                var hash = Insecure.SHA1()
                hash.update(data: Array("blob \(byteCount)\0".utf8))
                state = .gitBlob(hash)
            }
        }

        mutating func update(_ data: Data) {
            switch state {
            case .sha256(var hash):
                hash.update(data: data)
                state = .sha256(hash)
            case .gitBlob(var hash):
                hash.update(data: data)
                state = .gitBlob(hash)
            }
        }

        /// The hash of all that came, in hexadecimal digits.
        var digits: String {
            func text(_ digest: some Sequence<UInt8>) -> String {
                digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            }
            return switch state {
            case .sha256(let hash): text(hash.finalize())
            case .gitBlob(let hash): text(hash.finalize())
            }
        }

        var isRight: Bool { digits == expected.digits }
    #endif
}
