// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A small feed-forward layer behind that of a block, which is all that a language or a task has of its own.
///
/// Houlsby et al., *Parameter-Efficient Transfer Learning for NLP*, 2019, <https://arxiv.org/abs/1902.00751>.
package struct AdapterOptions: Sendable, Equatable {
    /// Width between its layers.
    package var size: Int
    /// What normalises its input.
    package var norm: Norm
    /// Whether its result is added to the normalised input and not to the input.
    package var addsNormalized: Bool

    package enum Norm: Sendable, Equatable {
        case none
        /// A norm of its own.
        case own
        /// The norm of the feed-forward layer, which serves twice.
        case feedForward
    }
}

/// The adapter of one block.
struct Adapter: Sendable {
    let norm: Normalization?
    let feedForward: FeedForward
    let addsNormalized: Bool

    /// - Parameter x: `[totalTokens, hiddenSize]`.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        let normalized = norm(x)
        return feedForward(normalized, residual: addsNormalized ? normalized : x)
    }
}
