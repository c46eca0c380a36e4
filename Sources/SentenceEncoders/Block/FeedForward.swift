// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Two linear layers with an activation between them, applied to each token separately.
struct FeedForward: Sendable {
    /// The layer into the wide space, or the gate and that layer as row blocks of one.
    private(set) var up: LinearLayer
    let gate: FeedForwardOptions.Gate
    let activation: Activation
    private(set) var down: LinearLayer

    /// Gives the layers their adapters.
    mutating func adapt(_ set: AdapterSet) {
        up.adapt(set)
        down.adapt(set)
    }

    /// The layer's output.
    ///
    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`.
    ///   - residual: Added to the result, `[totalTokens, hiddenSize]`.
    ///   - dropout: What training leaves out.
    ///   - place: Whose random numbers are drawn.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(
        _ x: Tensor, residual: Tensor?, dropout: DropoutRates, place: Int = DropoutPlace.feedForward
    ) -> Tensor {
        if gate == .none, Execution.current.recordsGradients, Execution.current.dropout(dropout.inner) == nil {
            return down(
                activating: up(x), by: activation, residual: residual, dropout: dropout.feedForward, place: place)
        }
        let inner =
            switch gate {
            case .none: up(x, activation: activation)
            case .separate, .fused(gateFirst: true): up(x).gated(activation)
            case .fused(gateFirst: false): up(x).gated(activation, gateFirst: false)
            }
        return down(
            inner.dropout(dropout.inner, place: place + DropoutPlace.inner), residual: residual,
            dropout: dropout.feedForward, place: place)
    }
}
