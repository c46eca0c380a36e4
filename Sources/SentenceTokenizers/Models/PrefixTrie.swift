// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds all tokens of a vocabulary that are prefixes of a text.
///
/// A trie over bytes. Its edges are in one hash table, by node and byte, which is quick to build. Where only one token
/// continues, the rest of it is a tail that is compared as a whole, so most tokens need only one or two nodes.
struct PrefixTrie: Sendable {
    /// All tokens together have fewer bytes than this, so that node numbers fit in 24 bits.
    static let byteLimit = 1 << 24

    private struct Node: BitwiseCopyable {
        /// The token that ends here, or −1.
        var token: Int32 = -1
        /// The only token that continues from here, and its remaining bytes; no bytes if there is none or several.
        var tailToken: Int32 = -1
        var tailStart: UInt32 = 0
        var tailLength: UInt32 = 0
        /// Whether there are edges.
        var branches = false
    }

    /// Node and byte in the upper 40 bits, child in the lower 24; 0 is free.
    private var edges: [UInt64]
    private var mask: Int
    private var nodes: [Node] = [Node()]
    /// The children of the root.
    private var first = [Int32](repeating: 0, count: 256)
    /// The bytes of all tokens that were inserted.
    private var bytes: [UInt8] = []

    /// The number of bytes of all tokens that were inserted.
    var byteCount: Int { bytes.count }

    /// Creates an empty trie for approximately so many tokens.
    init(tokens: Int) {
        var size = 1 << 8
        while size < tokens * 4 { size *= 2 }
        edges = [UInt64](repeating: 0, count: size)
        mask = size - 1
        nodes.reserveCapacity(tokens * 2)
    }

    init(_ vocabulary: Vocabulary) {
        self.init(tokens: vocabulary.ids.count)
        bytes = vocabulary.bytes
        for entry in 0..<vocabulary.ids.count {
            let (start, length) = vocabulary.span(of: entry)
            insert(start..<start + length, vocabulary.ids[entry], replaces: true)
        }
    }

    /// Adds a token; if there are equal ones, the first is used.
    mutating func insert(_ token: [UInt8], _ id: Int32) {
        bytes += token
        insert(bytes.count - token.count..<bytes.count, id, replaces: false)
    }

    @inline(__always)
    private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
    }

    @inline(__always)
    private static func slot(_ key: UInt64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }

    /// Adds the token in a range of the bytes; `replaces` tells whether the last of equal ones is used, or the first.
    private mutating func insert(_ range: Range<Int>, _ id: Int32, replaces: Bool) {
        guard !range.isEmpty else { return }
        let lead = Int(bytes[range.lowerBound])
        if first[lead] == 0 { first[lead] = addNode() }
        var node = Int(first[lead])
        var place = range.lowerBound + 1
        while place < range.upperBound {
            if nodes[node].tailLength > 0 { pushTailDown(node) }
            if !nodes[node].branches {
                nodes[node].tailToken = id
                nodes[node].tailStart = UInt32(truncatingIfNeeded: place)
                nodes[node].tailLength = UInt32(truncatingIfNeeded: range.upperBound - place)
                return
            }
            node = Int(child(Int32(node), bytes[place]))
            place += 1
        }
        if replaces || nodes[node].token < 0 { nodes[node].token = id }
    }

    /// Turns the tail of a node into a child with the rest of the tail.
    private mutating func pushTailDown(_ node: Int) {
        let old = nodes[node]
        nodes[node].tailLength = 0
        nodes[node].branches = true
        let child = Int(child(Int32(node), bytes[Int(old.tailStart)]))
        if old.tailLength == 1 {
            nodes[child].token = old.tailToken
        } else {
            nodes[child].tailToken = old.tailToken
            nodes[child].tailStart = old.tailStart + 1
            nodes[child].tailLength = old.tailLength - 1
        }
    }

    private mutating func addNode() -> Int32 {
        nodes.append(Node())
        return Int32(nodes.count - 1)
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
        if nodes.count * 2 > edges.count { grow() }
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

    /// Passes the children of the root to `body`, by byte; 0 means none.
    @inline(__always)
    func withBeginnings<Result>(_ body: (UnsafeBufferPointer<Int32>) -> Result) -> Result {
        first.withUnsafeBufferPointer(body)
    }

    /// Calls `body` with the length and id of each token that is a prefix of the text, shortest first.
    @inline(__always)
    func forEachPrefix(_ text: UnsafePointer<UInt8>, _ count: Int, _ body: (Int, Int32) -> Void) {
        var place = Int(first[Int(text[0])])
        if place == 0 { return }
        nodes.withUnsafeBufferPointer { nodes in
            edges.withUnsafeBufferPointer { edges in
                var length = 1
                while true {
                    let node = nodes[place]
                    if node.token >= 0 { body(length, node.token) }
                    guard length < count else { return }
                    if node.tailLength > 0 {
                        let tail = Int(node.tailLength)
                        if tail <= count - length, isTail(node, text + length) { body(length + tail, node.tailToken) }
                        return
                    }
                    guard node.branches else { return }
                    let key = Self.key(Int32(truncatingIfNeeded: place), text[length])
                    var slot = Self.slot(key, mask)
                    while edges[slot] >> 24 != key {
                        if edges[slot] == 0 { return }
                        slot = (slot + 1) & mask
                    }
                    place = Int(edges[slot] & 0xFF_FFFF)
                    length += 1
                }
            }
        }
    }

    /// Whether a text continues with the tail of a node.
    @inline(__always)
    private func isTail(_ node: Node, _ text: UnsafePointer<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { TokenTable.equal($0 + Int(node.tailStart), text, Int(node.tailLength)) } ?? false
        }
    }
}
