// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The merges of a file, as spelled there.
struct MergeList: Sendable {
    /// UTF-8 of both sides of all merges, one after another.
    private(set) var bytes: [UInt8] = []
    /// Where each side ends; the first begins at 0.
    private(set) var ends: [UInt32] = []

    init() {}

    /// The number of merges.
    var count: Int { ends.count / 2 }

    /// Reads the next side with `body`, which appends its bytes.
    mutating func append(_ body: (inout [UInt8]) throws -> Void) rethrows {
        try body(&bytes)
        ends.append(UInt32(truncatingIfNeeded: bytes.count))
    }

    /// Reads both sides with `body`, which appends them separated by a space.
    mutating func appendPair(_ body: (inout [UInt8]) throws -> Void) throws {
        let start = bytes.count
        try body(&bytes)
        let spaces = bytes[start...].indices.filter { bytes[$0] == 0x20 }
        guard let space = spaces.first, spaces.count == 1 else {
            let text = String(decoding: bytes[start...], as: UTF8.self)
            throw TokenizerError(
                .malformedFile, "the merge \"\(text)\" is not two tokens with one space between", file: nil)
        }
        bytes.remove(at: space)
        ends.append(UInt32(truncatingIfNeeded: space))
        ends.append(UInt32(truncatingIfNeeded: bytes.count))
    }

    /// The merges as ids.
    func pairs(in vocabulary: Vocabulary, prefixLength: Int) throws(TokenizerError) -> [MergeTable.Pair] {
        var pairs: [MergeTable.Pair] = []
        pairs.reserveCapacity(count)
        // In most files the merges create tokens in the order of their ids.
        var likely: Int32 = 0
        var unknown: (start: Int, end: Int)?
        let sides = sideIDs(in: vocabulary)
        bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            for index in 0..<count {
                let middle = Int(ends[2 * index])
                let end = Int(ends[2 * index + 1])
                let left = UnsafeBufferPointer(rebasing: buffer[start..<middle])
                let right = UnsafeBufferPointer(rebasing: buffer[middle..<end])
                let (leftID, rightID) = (sides[2 * index], sides[2 * index + 1])
                guard leftID >= 0 else {
                    unknown = (start, middle)
                    return
                }
                guard rightID >= 0 else {
                    unknown = (middle, end)
                    return
                }
                let result: Int32
                if prefixLength == 0 {
                    let whole = UnsafeBufferPointer(rebasing: buffer[start..<end])
                    guard let id = vocabulary.id(ofUTF8: whole, likely: likely) else {
                        unknown = (start, end)
                        return
                    }
                    result = id
                } else {
                    let whole = Array(left) + right.dropFirst(prefixLength)
                    guard let id = whole.withUnsafeBufferPointer({ vocabulary.id(ofUTF8: $0) }) else {
                        unknown = (start, end)
                        return
                    }
                    result = id
                }
                likely = result + 1
                pairs.append(MergeTable.Pair(left: leftID, right: rightID, result: result))
                start = end
            }
        }
        if let unknown {
            let text = String(decoding: bytes[unknown.start..<unknown.end], as: UTF8.self)
            throw TokenizerError(
                .inconsistentTokenizer,
                "model.merges needs the token \"\(text)\", which is not in the vocabulary; add it there")
        }
        return pairs
    }

    /// The id of each side, or −1.
    ///
    /// All hashes are computed before the tokens are looked up, to reduce waiting for memory.
    private func sideIDs(in vocabulary: Vocabulary) -> [Int32] {
        var ids = [Int32](repeating: -1, count: ends.count)
        let blockSize = 64
        var slots = [UInt64](repeating: 0, count: blockSize)
        bytes.withUnsafeBufferPointer { buffer in
            func side(_ index: Int) -> UnsafeBufferPointer<UInt8> {
                let start = index == 0 ? 0 : Int(ends[index - 1])
                return UnsafeBufferPointer(rebasing: buffer[start..<Int(ends[index])])
            }
            for block in stride(from: 0, to: ends.count, by: blockSize) {
                let end = min(block + blockSize, ends.count)
                for index in block..<end {
                    let text = side(index)
                    slots[index - block] = text.baseAddress.map { vocabulary.firstSlot(of: $0, text.count) } ?? 0
                }
                for index in block..<end {
                    ids[index] = vocabulary.id(ofUTF8: side(index), slot: slots[index - block]) ?? -1
                }
            }
        }
        return ids
    }

    /// Whether a merge joins a left side that does not end with `space` to a right side that begins with it.
    func hasPair(across space: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            for index in 0..<count {
                let middle = Int(ends[2 * index])
                let end = Int(ends[2 * index + 1])
                if end - middle >= space.count, buffer[middle] == space[0],
                    buffer[middle..<middle + space.count].elementsEqual(space),
                    !buffer[start..<middle].suffix(space.count).elementsEqual(space)
                {
                    return true
                }
                start = end
            }
            return false
        }
    }
}
