// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds all tokens of a vocabulary that a text begins with.
///
/// A trie over bytes. Its edges lie in one hash table, by node and byte, which is quick to build.
struct PrefixTrie: Sendable {
    /// Vocabularies have fewer bytes than this, so that nodes fit 24 bits.
    static let byteLimit = 1 << 24

    /// Node and byte in the upper 40 bits, child in the lower 24; 0 is free.
    private var edges: [UInt64]
    private var mask: Int
    /// The token that ends at each node, or −1.
    private var tokens: [Int32] = [-1]
    /// The children of the root.
    private var first = [Int32](repeating: 0, count: 256)

    init(_ vocabulary: Vocabulary) {
        // About as many nodes as half of all bytes; the table grows if there are more.
        var size = 1 << 10
        while size < vocabulary.bytes.count { size *= 2 }
        edges = [UInt64](repeating: 0, count: size)
        mask = size - 1
        tokens.reserveCapacity(vocabulary.bytes.count / 2 + 16)
        vocabulary.bytes.withUnsafeBufferPointer { buffer in
            for entry in 0..<vocabulary.ids.count {
                let (start, length) = vocabulary.span(of: entry)
                if length > 0 {
                    insert(UnsafeBufferPointer(rebasing: buffer[start..<start + length]), vocabulary.ids[entry])
                }
            }
        }
    }

    @inline(__always)
    private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
    }

    @inline(__always)
    private static func slot(_ key: UInt64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }

    private mutating func insert(_ token: UnsafeBufferPointer<UInt8>, _ id: Int32) {
        var node = first[Int(token[0])]
        if node == 0 {
            node = addNode()
            first[Int(token[0])] = node
        }
        for byte in token.dropFirst() { node = child(node, byte) }
        tokens[Int(node)] = id
    }

    private mutating func addNode() -> Int32 {
        tokens.append(-1)
        return Int32(tokens.count - 1)
    }

    private mutating func child(_ node: Int32, _ byte: UInt8) -> Int32 {
        let key = Self.key(node, byte)
        var slot = Self.slot(key, mask)
        while edges[slot] != 0 {
            if edges[slot] >> 24 == key { return Int32(truncatingIfNeeded: edges[slot] & 0xFF_FFFF) }
            slot = (slot + 1) & mask
        }
        let child = addNode()
        edges[slot] = key << 24 | UInt64(child)
        if tokens.count * 2 > edges.count { grow() }
        return child
    }

    private mutating func grow() {
        let old = edges
        edges = [UInt64](repeating: 0, count: old.count * 2)
        mask = edges.count - 1
        for edge in old where edge != 0 {
            var slot = Self.slot(edge >> 24, mask)
            while edges[slot] != 0 { slot = (slot + 1) & mask }
            edges[slot] = edge
        }
    }

    /// Calls `body` with the length and id of each token that the text begins with, the shortest first.
    @inline(__always)
    func forEachPrefix(_ text: UnsafePointer<UInt8>, _ count: Int, _ body: (Int, Int32) -> Void) {
        tokens.withUnsafeBufferPointer { tokens in
            edges.withUnsafeBufferPointer { edges in
                var node = first[Int(text[0])]
                var length = 1
                while node != 0 {
                    let id = tokens[Int(node)]
                    if id >= 0 { body(length, id) }
                    guard length < count else { return }
                    let key = Self.key(node, text[length])
                    var slot = Self.slot(key, mask)
                    node = 0
                    while edges[slot] != 0 {
                        if edges[slot] >> 24 == key {
                            node = Int32(truncatingIfNeeded: edges[slot] & 0xFF_FFFF)
                            break
                        }
                        slot = (slot + 1) & mask
                    }
                    length += 1
                }
            }
        }
    }
}
