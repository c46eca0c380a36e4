// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Two linear layers with an activation between them, for each token by itself.
struct FeedForward: Sendable {
    let up: LinearLayer
    let activation: Activation
    let down: LinearLayer

    /// - Parameter x: `[totalTokens, hiddenSize]`.
    /// - Returns: `x` plus what the layers add to it, `[totalTokens, hiddenSize]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        down(up(x, activation: activation), residual: x)
    }
}
