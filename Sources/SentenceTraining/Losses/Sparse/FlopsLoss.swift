// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// How many products a search would compute: Σⱼ (meanᵢ wᵢⱼ)² over the words j.
///
/// Paria et al., *Minimizing FLOPs to Learn Efficient Sparse Representations*, 2020,
/// <https://arxiv.org/abs/2004.05665>.
struct FlopsLoss: Sendable {
    /// Texts with so many words or fewer count as empty; all count as they are if nil.
    let threshold: Int?

    /// The loss of embeddings, `[texts, words]`: `[]`.
    func callAsFunction(_ embeddings: Tensor) -> Tensor {
        var x = embeddings
        if let threshold {
            let elements = x.floats, columns = x.columns
            x = x.scalingRows(
                by: (0..<x.rows).map { row in
                    elements[row * columns..<(row + 1) * columns].count { $0 != 0 } > threshold ? 1 : 0
                })
        }
        return x.pooled(TextOffsets([0, x.rows]), by: [.mean]).squared().sum()
    }
}
