// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds tokens in text: the first place where one matches, and there the longest.
struct TokenTrie: Sendable {
    private struct Node {
        var byte: UInt8
        var firstChild: Int32 = -1
        var nextSibling: Int32 = -1
        /// The token that ends here, or −1.
        var token: Int32 = -1
    }

    private var nodes: [Node] = [Node(byte: 0)]
    /// Whether a token begins with a byte.
    private var begins = [Bool](repeating: false, count: 256)

    var isEmpty: Bool { nodes.count == 1 }

    /// Adds a token; of equal ones the first counts.
    ///
    /// An empty one never matches.
    mutating func insert(_ content: some Sequence<UInt8>, token: Int) {
        var node = 0
        for byte in content {
            if node == 0 { begins[Int(byte)] = true }
            if let child = child(of: node, byte) {
                node = child
            } else {
                nodes.append(Node(byte: byte, nextSibling: nodes[node].firstChild))
                nodes[node].firstChild = Int32(nodes.count - 1)
                node = nodes.count - 1
            }
        }
        if node != 0, nodes[node].token < 0 { nodes[node].token = Int32(token) }
    }

    private func child(of node: Int, _ byte: UInt8) -> Int? {
        var child = Int(nodes[node].firstChild)
        while child >= 0 {
            if nodes[child].byte == byte { return child }
            child = Int(nodes[child].nextSibling)
        }
        return nil
    }

    /// The next match inside `range`.
    func firstMatch(
        _ text: UnsafePointer<UInt8>, in range: Range<Int>
    ) -> (range: Range<Int>, token: Int)? {
        begins.withUnsafeBufferPointer { begins in
            var start = range.lowerBound
            while start < range.upperBound {
                if begins[Int(text[start])], let (end, token) = longestMatch(text, start, range.upperBound) {
                    return (start..<end, token)
                }
                start += 1
            }
            return nil
        }
    }

    private func longestMatch(_ text: UnsafePointer<UInt8>, _ start: Int, _ limit: Int) -> (end: Int, token: Int)? {
        var node = 0
        var index = start
        var best: (end: Int, token: Int)?
        while index < limit, let child = child(of: node, text[index]) {
            index += 1
            node = child
            if nodes[node].token >= 0 { best = (index, Int(nodes[node].token)) }
        }
        return best
    }
}
