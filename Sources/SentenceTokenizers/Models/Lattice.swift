// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The best path to each position of a word.
struct Lattice: ~Copyable {
    // Not private: destroying a lattice needs these types as arguments of `GrowingBuffer`, and the Swift 6.3 compiler
    // crashes in debug builds if a file that destroys a lattice cannot see them.

    struct Node: BitwiseCopyable {
        var score: Double
        /// Where the last token of the best path begins, or −1 if there is no path yet.
        var start: Int32
        var id: Int32
    }

    struct Step: BitwiseCopyable {
        var start: Int32
        var end: Int32
        var id: Int32
    }

    private var nodes = GrowingBuffer<Node>()
    /// The best path, from its end.
    private var steps = GrowingBuffer<Step>()

    /// Finds the best path to the end of a word; false if a character is unknown and there is no token for that.
    mutating func fill(
        _ bytes: UnsafePointer<UInt8>, _ word: Range<Int>, _ trie: PrefixTrie, _ scores: [Double],
        _ unknownScore: Double, _ unknownID: Int32?
    ) -> Bool {
        nodes.removeAll()
        nodes.reserve(word.count + 1)
        for _ in 0...word.count { nodes.appendReserved(Node(score: 0, start: -1, id: 0)) }
        let nodes = nodes.base
        let text = bytes + word.lowerBound
        return scores.withUnsafeBufferPointer { scores in
            var start = 0
            while start < word.count {
                let before = nodes[start].score
                let length = text[start] < 0x80 ? 1 : UTF8Scalars.decode(text, start).count
                var hasCharacter = false
                trie.forEachPrefix(text + start, word.count - start) { end, id in
                    let score = scores[Int(id)] + before
                    let node = nodes[start + end]
                    if node.start < 0 || score > node.score {
                        nodes[start + end] = Node(score: score, start: Int32(start), id: id)
                    }
                    if end == length { hasCharacter = true }
                }
                if !hasCharacter {
                    let score = unknownScore + before
                    let node = nodes[start + length]
                    if node.start < 0 || score > node.score {
                        guard let unknownID else { return false }
                        nodes[start + length] = Node(score: score, start: Int32(start), id: unknownID)
                    }
                }
                start += length
            }
            return true
        }
    }

    /// Follows the best path backwards and joins unknown characters; returns the number of its tokens.
    mutating func trace(_ unknownID: Int32?) -> Int {
        steps.removeAll()
        var end = nodes.count - 1
        while end > 0 {
            let node = nodes[end]
            if node.id == unknownID, steps.count > 0, steps[steps.count - 1].id == unknownID {
                steps[steps.count - 1].start = node.start
            } else {
                steps.append(Step(start: node.start, end: Int32(end), id: node.id))
            }
            end = Int(node.start)
        }
        return steps.count
    }

    /// The bytes of a token on the path, counted from its end.
    func range(_ index: Int) -> Range<Int> { Int(steps[index].start)..<Int(steps[index].end) }

    /// The id of a token on the path, counted from its end.
    func id(_ index: Int) -> Int32 { steps[index].id }
}
