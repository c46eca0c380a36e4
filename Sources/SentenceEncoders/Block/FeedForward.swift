// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Two linear layers with an activation between them, applied to each token separately.
struct FeedForward: Sendable {
    /// The layer into the wide space, or the gate and that layer as row blocks of one.
    let up: LinearLayer
    let gate: FeedForwardOptions.Gate
    let activation: Activation
    let down: LinearLayer

    /// The layer's output.
    ///
    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`.
    ///   - residual: Added to the result, `[totalTokens, hiddenSize]`.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(_ x: Tensor, residual: Tensor?) -> Tensor {
        switch gate {
        case .none: down(up(x, activation: activation), residual: residual)
        case .separate, .fused(gateFirst: true): down(up(x).gated(activation), residual: residual)
        case .fused(gateFirst: false): down(up(x).gated(activation, gateFirst: false), residual: residual)
        }
    }
}
