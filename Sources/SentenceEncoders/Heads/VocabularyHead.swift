// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors

/// The head of a language model: hidden states in, a logit for each token of the vocabulary out.
package struct VocabularyHead: Sendable, Trainable {
    /// Every parameter by its name in the checkpoint, except the table of embeddings if it belongs to the encoder.
    package private(set) var parameters: [NamedParameter]
    /// One row for each token of the vocabulary, `[vocabularySize, size]`.
    private var words: Parameter
    private var bias: Parameter?
    private var layers: [HeadWeights.Layer]
    /// The rows as a layer; nil if only single tokens are asked for, since packing all of them takes memory.
    private var output: LinearLayer?
    private let isTied: Bool

    /// The number of tokens in the vocabulary.
    package var vocabularySize: Int { words.tensor.rows }
    /// The layer whose weights are the encoder's table of embeddings, if it shares them.
    var sharedWords: LinearLayer? { isTied ? output : nil }

    /// What the head is used for.
    package enum Use: Sendable {
        /// Logits of all tokens at every position, by the head of a masked language model.
        case allWords
        /// Logits of single tokens at the last position, by the head of a causal language model.
        case singleWords
    }

    /// Builds the language model head for `encoder` that `config` describes.
    ///
    /// - Throws: ``CheckpointError`` if none is known for the architecture, or the checkpoint lacks it.
    package init(config: ModelConfig, encoder: Encoder, checkpoint: Checkpoint, for use: Use) throws {
        try self.init(config: config, encoder: encoder, HeadWeights(checkpoint), for: use)
    }

    /// The same, of weights that may be made where the checkpoint lacks them.
    init(config: ModelConfig, encoder: Encoder, _ weights: HeadWeights, for use: Use) throws {
        let spec =
            try use == .allWords ? EncoderArchitecture.maskedHead(config) : EncoderArchitecture.causalHead(config)
        var weights = weights
        layers = try weights.layers(spec.layers, from: encoder.spec.hiddenSize)
        let table = encoder.tokenEmbedding
        guard !config.isNull("tie_word_embeddings") else {
            throw config.error("tie_word_embeddings", "expected true or false")
        }
        let ties = try config.bool("tie_word_embeddings", default: spec.isTiedByDefault)
        // If the file has a separate table for the head, that is used even if the configuration ties the two.
        let own = try weights.optionalParameter(spec.output, [".weight"], shape: table.tensor.shape)
        if let own, !own.tensor.holdsSameBytes(as: table.tensor) {
            (words, isTied) = (own, false)
        } else if ties {
            if own != nil { weights.forgetLast() }
            (words, isTied) = (table, true)
        } else {
            (words, isTied) = (try own ?? weights.parameter(spec.output, [".weight"], shape: table.tensor.shape), false)
        }
        guard words.tensor.columns == layers.last?.linear.outputSize ?? encoder.spec.hiddenSize else {
            throw CheckpointError(
                .mismatch, file: config.name,
                "the language head gives \(layers.last?.linear.outputSize ?? encoder.spec.hiddenSize) dimensions, the "
                    + "words have \(words.tensor.columns)")
        }
        // Tied tables also tie the biases; an untied layer has its own bias, under the first name.
        let biasNames = ties ? spec.biasNames : Array(spec.biasNames.prefix(1))
        bias = biasNames.isEmpty ? nil : try weights.parameter(biasNames, shape: [table.tensor.rows])
        output = use == .allWords ? Self.layer(words, bias) : nil
        parameters = weights.named
    }

    /// Takes new values, and rebuilds the layers that use them.
    package mutating func update(_ values: ParameterValues) {
        parameters.update(values)
        words.update(values)
        bias.update(values)
        layers.update(values)
        output.update(values)
    }

    /// The logits for hidden states, to be computed on demand.
    ///
    /// - Parameter hidden: `[rows, hiddenSize]`.
    /// - Returns: One logit for each row and token of the vocabulary.
    package func callAsFunction(_ hidden: Tensor) -> VocabularyLogits {
        VocabularyLogits(states: layers.reduce(hidden) { $1($0) }, head: self)
    }

    /// All tokens of the vocabulary as a layer.
    fileprivate var layer: LinearLayer { output ?? Self.layer(words, bias) }

    private static func layer(_ words: Parameter, _ bias: Parameter?) -> LinearLayer {
        LinearLayer(weights: [words], biases: bias.map { [$0] } ?? [])
    }

    fileprivate func product(_ states: Tensor, words ids: [Int]) -> Tensor {
        let rows = EmbeddingTable.sum([(EmbeddingTable(words), ids.map(Int32.init))])
        let y = states.product(transposed: rows)
        return bias.map { y.adding(row: $0.value.gatheringElements(ids)) } ?? y
    }
}

/// The logits of several rows for each token of a vocabulary, computed on demand.
///
/// All of them together take more memory than a whole model: 30,522 numbers per row.
package struct VocabularyLogits: Sendable {
    /// What is multiplied with the vectors of the vocabulary, `[rows, size]`.
    fileprivate let states: Tensor
    fileprivate let head: VocabularyHead

    /// The number of tokens in the vocabulary.
    package var vocabularySize: Int { head.vocabularySize }

    /// All logits, `[rows, vocabularySize]`.
    package var all: Tensor { head.layer(states) }

    /// The logits of single tokens, `[rows, ids]`.
    package func words(_ ids: [Int]) -> Tensor { head.product(states, words: ids) }

    /// One number for each text and token of the vocabulary, without all logits being in memory at once.
    ///
    /// - Parameters:
    ///   - texts: Where the rows of each text begin.
    ///   - reduction: How the rows of a text become one.
    /// - Returns: `[texts, vocabularySize]`.
    package func reduced(over texts: TextOffsets, by reduction: RowReduction) -> Tensor {
        head.layer.reduced(states, over: texts, by: reduction)
    }
}
