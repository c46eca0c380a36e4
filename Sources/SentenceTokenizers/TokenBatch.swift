// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Texts as one flat run of tokens, without padding.
public struct TokenBatch: Sendable, Equatable {
    /// The ids of all tokens, one text after another: `[totalTokens]`.
    public var ids: [Int32]
    /// The segments of all tokens: `[totalTokens]`.
    public var typeIDs: [Int32]
    /// Where each text begins, then the total: `[count + 1]`.
    public var offsets: [Int32]
    /// The number of tokens in each text before truncation, including special tokens: `[count]`.
    public var untruncatedCounts: [Int32]

    /// Creates a batch without texts.
    public init() {
        ids = []
        typeIDs = []
        offsets = [0]
        untruncatedCounts = []
    }

    /// The number of texts.
    public var count: Int { offsets.count - 1 }

    /// The token positions of the text at an index.
    public func tokenRange(at index: Int) -> Range<Int> {
        Int(offsets[index])..<Int(offsets[index + 1])
    }

    /// Adds the texts of another batch after those of this one.
    ///
    /// Together they must have at most 2³¹ − 1 tokens.
    public mutating func append(_ other: TokenBatch) {
        let base = Int32(ids.count)
        ids += other.ids
        typeIDs += other.typeIDs
        offsets.reserveCapacity(offsets.count + other.count)
        for offset in other.offsets.dropFirst() { offsets.append(base + offset) }
        untruncatedCounts += other.untruncatedCounts
    }

    /// The texts at the given indices, in that order; an index may occur more than once.
    public func selecting(_ indices: some Collection<Int>) -> TokenBatch {
        var result = TokenBatch()
        var total = 0
        for index in indices { total += tokenRange(at: index).count }
        result.ids.reserveCapacity(total)
        result.typeIDs.reserveCapacity(total)
        result.offsets.reserveCapacity(indices.count + 1)
        result.untruncatedCounts.reserveCapacity(indices.count)
        for index in indices {
            let range = tokenRange(at: index)
            result.ids += ids[range]
            result.typeIDs += typeIDs[range]
            result.offsets.append(Int32(result.ids.count))
            result.untruncatedCounts.append(untruncatedCounts[index])
        }
        return result
    }

    /// Sets the type of all tokens to the first one.
    package mutating func dropTypes() { typeIDs = [Int32](repeating: 0, count: typeIDs.count) }
}
