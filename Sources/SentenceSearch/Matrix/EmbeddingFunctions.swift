// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The leading dimensions of embeddings, for models that were trained so that these say most.
///
/// Kusupati et al., *Matryoshka Representation Learning*, 2022, <https://arxiv.org/abs/2205.13147>.
/// - Parameters:
///   - embeddings: `[n, dimensions]`.
///   - dimension: How many to keep, at least 1; all if there are no more, or nil.
/// - Returns: `[n, dimension]`, not of unit length any more.
/// - Throws: ``SearchError`` with code `invalidArgument` for a number below 1.
public func truncateEmbeddings(_ embeddings: Matrix, to dimension: Int?) throws -> Matrix {
    guard let dimension, dimension < embeddings.columns else { return embeddings }
    guard dimension > 0 else {
        throw SearchError(.invalidArgument, "dimension is \(dimension); expected a positive number")
    }
    return Matrix(embeddings.tensor.columnRange(0..<dimension))
}

/// Embeddings of unit length, whose dot product is their cosine; zeros stay zeros.
///
/// - Parameter embeddings: `[n, dimensions]`.
/// - Returns: `[n, dimensions]`.
public func normalizeEmbeddings(_ embeddings: Matrix) -> Matrix { Matrix(embeddings.tensor.normalized()) }
