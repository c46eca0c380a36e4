// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

/// With which probability training leaves out what, each 0 to 1.
package struct DropoutRates: Sendable, Equatable {
    /// Numbers of the input of the first block.
    package var embeddings: Float = 0
    /// The weights of keys.
    package var attention: Float = 0
    /// Numbers of the output of attention, before the residual is added.
    package var attentionOutput: Float = 0
    /// Numbers between the two layers of the feed-forward layer.
    package var inner: Float = 0
    /// Numbers of the output of the feed-forward layer, before the residual is added.
    package var feedForward: Float = 0
}

extension ModelConfig {
    /// The probabilities of an architecture, by the keys in which families write them.
    ///
    /// - Parameter value: The probability of everything that the family leaves out and for which there is no key.
    /// - Returns: The probabilities.
    /// - Throws: ``CheckpointError`` for a value that is no probability.
    func dropoutRates(default value: Float) throws -> DropoutRates {
        func rate(_ keys: String..., default value: Float) throws -> Float {
            guard let key = keys.first(where: { contains($0) && values[ExactString($0)] != .null }) else {
                return value
            }
            let rate = try float(key)
            guard (0...1).contains(rate) else { throw error(key, "expected a probability, 0 to 1") }
            return rate
        }
        var rates = DropoutRates()
        let hidden = try rate("hidden_dropout_prob", "dropout", "resid_pdrop", "dropout_rate", default: value)
        rates.embeddings = try rate("embedding_dropout", "embd_pdrop", default: hidden)
        rates.attention = try rate(
            "attention_probs_dropout_prob", "attention_dropout", "attn_pdrop", "dropout_rate", default: value)
        rates.attentionOutput = hidden
        rates.feedForward = hidden
        switch try optionalString("model_type") {
        case "distilbert": rates.attentionOutput = 0
        case "modernbert":
            rates.attentionOutput = rates.attention
            rates.inner = try rate("mlp_dropout", default: 0)
            rates.feedForward = 0
        case "t5", "mt5": rates.inner = hidden
        default: break
        }
        return rates
    }
}

extension LinearLayer {
    /// The layer's output, of which training leaves something out before the residual is added.
    func callAsFunction(_ x: Tensor, residual: Tensor?, dropout: Float, place: Int) -> Tensor {
        guard Execution.current.dropout(dropout) != nil else { return self(x, residual: residual) }
        let y = self(x).dropout(dropout, place: place)
        return residual.map { y + $0 } ?? y
    }
}

extension LinearLayer {
    /// Like the function above, for an input before its activation.
    func callAsFunction(
        activating x: Tensor, by activation: Activation, residual: Tensor?, dropout: Float, place: Int
    ) -> Tensor {
        guard Execution.current.dropout(dropout) != nil else {
            return self(activating: x, by: activation, residual: residual)
        }
        let y = self(activating: x, by: activation).dropout(dropout, place: place)
        return residual.map { y + $0 } ?? y
    }
}

/// The places within a block that draw random numbers.
enum DropoutPlace {
    static let attentionOutput = 1
    static let feedForward = 2
    static let adapter = 3
    /// Within a feed-forward layer or an adapter, beside the place of its output.
    static let inner = 2
    static let embeddings = 1 << 16
}
