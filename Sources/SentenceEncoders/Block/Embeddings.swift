// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// What a token begins with: the sum of its vocabulary, position and type embeddings, normalised.
struct Embeddings: Sendable {
    let tokens: EmbeddingTable
    let positions: EmbeddingTable
    let firstPosition: Int
    let tokenTypes: EmbeddingTable?
    let norm: LayerNorm

    /// - Parameters:
    ///   - ids: `[totalTokens]`.
    ///   - typeIDs: `[totalTokens]`.
    ///   - texts: Where each text begins.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(ids: [Int32], typeIDs: [Int32], _ texts: TextOffsets) -> Tensor {
        var positionIDs: [Int32] = []
        positionIDs.reserveCapacity(ids.count)
        for text in 0..<texts.count {
            positionIDs += (0..<texts[text].count).map { Int32(firstPosition + $0) }
        }
        var lookups = [(table: tokens, ids: ids)]
        // The reference adds types before positions, and addition rounds.
        if let tokenTypes { lookups.append((tokenTypes, typeIDs)) }
        lookups.append((positions, positionIDs))
        return norm(EmbeddingTable.sum(lookups))
    }
}
