// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A small feed-forward layer after that of a block, specific to one language or task.
///
/// Houlsby et al., *Parameter-Efficient Transfer Learning for NLP*, 2019, <https://arxiv.org/abs/1902.00751>.
package struct AdapterOptions: Sendable, Equatable {
    /// The width between its two layers.
    package var size: Int
    /// What normalises its input.
    package var norm: Norm
    /// Whether its result is added to the normalised input instead of the input itself.
    package var addsNormalized: Bool

    /// What normalises the input of an adapter.
    package enum Norm: Sendable, Equatable {
        case none
        /// A norm of its own.
        case own
        /// The norm of the feed-forward layer, used a second time.
        case feedForward
    }
}

/// The adapter of one block.
struct Adapter: Sendable {
    let norm: Normalization?
    var feedForward: FeedForward
    let addsNormalized: Bool

    /// The adapter's output.
    ///
    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`.
    ///   - dropout: What training leaves out.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(_ x: Tensor, _ dropout: DropoutRates) -> Tensor {
        let normalized = norm(x)
        return feedForward(
            normalized, residual: addsNormalized ? normalized : x, dropout: dropout, place: DropoutPlace.adapter)
    }
}
