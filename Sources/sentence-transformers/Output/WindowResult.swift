// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// The results of a window of rows.
enum WindowResult {
    case embeddings(Matrix)
    case quantized(QuantizedEmbeddings)
    case sparse(SparseMatrix)
    /// The weighted tokens of each text; only written as lines.
    case words([[TokenWeight]])
    /// One matrix for each text, one row for each token.
    case tokens([Matrix])
    /// One score for each label of each pair.
    case scores(Matrix)
    /// The class of each text; only written as lines.
    case classes([Classification])
    /// The token ids of each text; only written as lines.
    case ids(TokenBatch)

    /// The number of rows.
    var count: Int {
        switch self {
        case .embeddings(let matrix), .scores(let matrix): matrix.rows
        case .quantized(let result): result.rows
        case .sparse(let matrix): matrix.rows
        case .words(let texts): texts.count
        case .tokens(let matrices): matrices.count
        case .ids(let tokens): tokens.count
        case .classes(let found): found.count
        }
    }

    /// The rows that hold NaN or an infinite number.
    var notFinite: [Int] {
        switch self {
        case .embeddings(let matrix), .scores(let matrix): matrix.rowsNotFinite
        case .sparse(let matrix):
            (0..<matrix.rows).filter { row in
                !matrix.values[matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]].allSatisfy(\.isFinite)
            }
        case .tokens(let matrices): matrices.indices.filter { !matrices[$0].rowsNotFinite.isEmpty }
        case .words(let texts):
            texts.indices.filter { index in texts[index].contains { !$0.weight.isFinite } }
        case .classes(let found): found.indices.filter { index in !found[index].scores.allSatisfy(\.isFinite) }
        case .quantized, .ids: []
        }
    }
}
