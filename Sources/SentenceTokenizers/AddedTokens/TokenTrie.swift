// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds tokens in text: the first position where one matches, and the longest match there.
struct TokenTrie: Sendable {
    /// The largest number of bytes in a token, which limits the work at each position of a text.
    static let longestToken = 512

    private var trie = PrefixTrie(tokens: 0)

    /// Adds a token; if there are equal ones, the first is used.
    ///
    /// An empty token never matches. Returns false if there is no room left.
    mutating func insert(_ content: [UInt8], token: Int) -> Bool {
        guard trie.byteCount + content.count < PrefixTrie.byteLimit else { return false }
        trie.insert(content, Int32(token))
        return true
    }

    /// The next match inside `range`.
    func firstMatch(
        _ text: UnsafePointer<UInt8>, in range: Range<Int>
    ) -> (range: Range<Int>, token: Int)? {
        trie.withBeginnings { begins in
            var start = range.lowerBound
            while start < range.upperBound {
                if begins[Int(text[start])] != 0 {
                    var best: (range: Range<Int>, token: Int)?
                    trie.forEachPrefix(text + start, range.upperBound - start) { length, token in
                        best = (start..<start + length, Int(token))
                    }
                    if let best { return best }
                }
                start += 1
            }
            return nil
        }
    }
}
