// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The input of the first block: the sum of token, type and position embeddings, normalised and projected.
struct Embeddings: Sendable {
    var tokens: EmbeddingTable
    let scale: Float
    let tokenTypes: EmbeddingTable?
    let positions: EmbeddingTable?
    let learnedPositions: EmbeddingOptions.LearnedPositions?
    let norm: Normalization?
    var projection: LinearLayer?
    /// The probability with which training leaves out numbers of the normalised sum.
    let dropout: Float

    /// The embedded tokens.
    ///
    /// - Parameters:
    ///   - ids: `[totalTokens]`.
    ///   - typeIDs: `[totalTokens]`.
    ///   - texts: Where each text begins.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(ids: [Int32], typeIDs: [Int32], _ texts: TextOffsets) -> Tensor {
        var lookups = [(table: tokens, ids: ids)]
        // The reference adds types before positions, and the order affects rounding.
        if let tokenTypes { lookups.append((tokenTypes, typeIDs)) }
        if let positions, let learnedPositions {
            lookups.append((positions, learnedPositions.rows(of: ids, texts)))
        }
        var x = EmbeddingTable.sum(lookups)
        if scale != 1 { x = scale * x }
        x = norm(x).dropout(dropout, place: DropoutPlace.embeddings)
        return projection.map { $0(x) } ?? x
    }
}

extension EmbeddingOptions.LearnedPositions {
    /// The row for every token.
    fileprivate func rows(of ids: [Int32], _ texts: TextOffsets) -> [Int32] {
        var rows: [Int32] = []
        rows.reserveCapacity(ids.count)
        for text in 0..<texts.count {
            var next = Int32(firstID)
            for token in texts[text] {
                if ids[token] == skippedToken {
                    rows.append(Int32(firstID) - 1)
                } else {
                    rows.append(next)
                    next += 1
                }
            }
        }
        return rows
    }
}
