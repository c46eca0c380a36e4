// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import CSentenceHashes
    import Foundation
#endif

/// The hash of a file, computed while the file is downloaded.
struct ContentHash {
    /// The expected hash, in hexadecimal digits, which are also the file's name in the cache.
    enum Expected: Hashable, Sendable {
        /// For files in the Hub's large file storage.
        case sha256(String)
        /// For all other files: SHA-1 of a header with the length, followed by the content.
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
        private let expected: Expected
        private var hash: sh_hash

        init(_ expected: Expected, byteCount: Int) {
            self.expected = expected
            switch expected {
            case .sha256: hash = sh_sha256()
            case .gitBlob:
                hash = sh_sha1()
                update(Data("blob \(byteCount)\0".utf8))
            }
        }

        mutating func update(_ data: Data) {
            data.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                sh_update(&hash, start, bytes.count)
            }
        }

        /// Whether the hash is the expected one.
        var isRight: Bool {
            var copy = hash
            let digest = [UInt8](unsafeUninitializedCapacity: Int(SH_LONGEST_DIGEST)) { buffer, count in
                guard let start = buffer.baseAddress else { return }
                count = sh_finish(&copy, start)
            }
            return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected.digits
        }
    #endif
}
