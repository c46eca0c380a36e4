// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Texts as one flat run of tokens, without padding.
public struct TokenBatch: Sendable, Equatable {
    /// Ids of all tokens, text after text: `[totalTokens]`.
    public var ids: [Int32]
    /// Segments of all tokens: `[totalTokens]`.
    public var typeIDs: [Int32]
    /// Where each text begins, and at last the total: `[count + 1]`.
    public var offsets: [Int32]
    /// Tokens that each text had before truncation, special tokens included: `[count]`.
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

    /// Adds the texts of another batch behind the texts of this one.
    ///
    /// Both together hold at most 2³¹ − 1 tokens.
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

    /// Makes all tokens those of the first type.
    package mutating func dropTypes() { typeIDs = [Int32](repeating: 0, count: typeIDs.count) }
}
