// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceHashes
import Testing

/// The vectors that NIST publishes (FIPS 180-4 examples, CAVP byte vectors), and their lengths cut in other ways.
@Suite struct HashTests {
    /// A message, and what SHA-1 and SHA-256 make of it.
    private static let vectors: [(message: [UInt8], sha1: String, sha256: String)] = [
        (
            [], "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        ),
        (
            Array("abc".utf8), "a9993e364706816aba3e25717850c26c9cd0d89d",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ),
        (
            Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            Array(
                ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                    + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
            "a49b2446a02c645bf419f995b67091253a04a259",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (
            [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    /// The digest in hexadecimal digits, of a message that comes in pieces of the given lengths, which take turns.
    private func digest(_ start: sh_hash, _ message: [UInt8], pieces: [Int]) -> String {
        var hash = start, rest = message[...], turn = 0
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieces[turn % pieces.count]))
            sh_update(&hash, piece, piece.count)
            rest = rest.dropFirst(piece.count)
            turn += 1
        }
        var digest = [UInt8](repeating: 0, count: Int(SH_LONGEST_DIGEST))
        let count = sh_finish(&hash, &digest)
        return digest[..<count].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(arguments: [[1_000_000], [64], [1], [63, 1, 65], [0, 7, 128, 55]])
    func publishedVectors(_ pieces: [Int]) {
        for (message, sha1, sha256) in Self.vectors {
            #expect(digest(sh_sha1(), message, pieces: pieces) == sha1)
            #expect(digest(sh_sha256(), message, pieces: pieces) == sha256)
            #expect(digest(sh_sha256_portable(), message, pieces: pieces) == sha256)
        }
    }

    @Test func everyLengthAroundTheBlocksHasOneDigestHoweverItComes() {
        for length in 0...200 {
            let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(
                digest(sh_sha1(), message, pieces: [200]) == digest(sh_sha1(), message, pieces: [13, 64, 1, 100]))
            let whole = digest(sh_sha256(), message, pieces: [200])
            #expect(whole == digest(sh_sha256(), message, pieces: [13, 64, 1, 100]))
            #expect(whole == digest(sh_sha256_portable(), message, pieces: [9]))
        }
    }

    @Test func aCopyGoesOnByItself() {
        var hash = sh_sha256()
        sh_update(&hash, Array("ab".utf8), 2)
        let copy = hash
        sh_update(&hash, Array("x".utf8), 1)
        #expect(digest(copy, Array("c".utf8), pieces: [1]) == Self.vectors[1].sha256)
    }
}
