// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceTestSupport
import Testing

@Suite("gzip")
struct GzipTests {
    private let packed = Gzip.member("a\nb\n".utf8)

    @Test("Members follow each other, and zeros after the last one mean nothing")
    func members() throws {
        #expect(try readRows(packed + Gzip.member([]) + packed, "a") == ["a", "b", "a", "b"])
        #expect(try readRows(packed + [0, 0, 0, 0], "a") == ["a", "b"])
        #expect(try readRows(Gzip.member([]), "a").isEmpty)
    }

    @Test("Data that end early or are damaged are refused", arguments: 3..<27)
    func truncated(count: Int) throws {
        #expect(packed.count == 27)
        #expect(
            try readingError(packed.prefix(count), "a")
                == "a: the gzip data ends early; the file is incomplete, get it again")
        var damaged = packed
        // The last eight bytes are checksum and length.
        damaged[max(count, 19)] ^= 1
        let message = try readingError(damaged, "a")
        #expect(message?.hasPrefix("a: damaged gzip data (incorrect ") == true, "\(message ?? "")")
        #expect(try readingError(packed + [1], "a")?.hasPrefix("a: found other bytes after the gzip data") == true)
    }
}
