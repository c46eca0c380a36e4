// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors

/// The head of a language model: hidden states in, a number for each word of the vocabulary out.
package struct VocabularyHead: Sendable, Trainable {
    /// Every parameter by its name in the checkpoint, but for the table of embeddings that the encoder has.
    package private(set) var parameters: [NamedParameter]
    /// One row for each word, `[vocabularySize, size]`.
    private var words: Parameter
    private var bias: Parameter?
    private var layers: [HeadWeights.Layer]
    /// The words as a layer; nil where only single words are asked for, since packing all of them costs memory.
    private var output: LinearLayer?
    private let isTied: Bool

    /// The number of words.
    package var vocabularySize: Int { words.tensor.rows }
    /// The layer whose weights are the encoder's table of embeddings, if there is one.
    var sharedWords: LinearLayer? { isTied ? output : nil }

    /// What the head is used for.
    package enum Use: Sendable {
        /// All words at every token, by the head of a masked language model.
        case allWords
        /// Single words at the last token, by the head of a causal language model.
        case singleWords
    }

    /// Builds the head that the model of `config` has on top of `encoder`.
    ///
    /// - Throws: ``CheckpointError`` if the architecture has none that is known, or the checkpoint lacks it.
    package init(config: ModelConfig, encoder: Encoder, checkpoint: Checkpoint, for use: Use) throws {
        let spec =
            try use == .allWords ? EncoderArchitecture.maskedHead(config) : EncoderArchitecture.causalHead(config)
        var weights = HeadWeights(checkpoint)
        layers = try weights.layers(spec.layers, from: encoder.spec.hiddenSize)
        let table = encoder.tokenEmbedding
        guard !config.isNull("tie_word_embeddings") else {
            throw config.error("tie_word_embeddings", "expected true or false")
        }
        let ties = try config.bool("tie_word_embeddings", default: spec.isTiedByDefault)
        // A table of the head's own that the file holds counts, whether or not the configuration ties both.
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
                .mismatch, file: checkpoint.name,
                "the language head gives \(layers.last?.linear.outputSize ?? encoder.spec.hiddenSize) dimensions, the "
                    + "words have \(words.tensor.columns)")
        }
        // What ties the tables ties the biases too; a layer that is not tied has a bias of its own, of the first name.
        let biasNames = ties ? spec.biasNames : Array(spec.biasNames.prefix(1))
        bias = biasNames.isEmpty ? nil : try weights.parameter(biasNames, shape: [table.tensor.rows])
        output = use == .allWords ? Self.layer(words, bias) : nil
        parameters = weights.named
    }

    package mutating func update(_ values: ParameterValues) {
        parameters.update(values)
        words.update(values)
        bias.update(values)
        layers.update(values)
        output.update(values)
    }

    /// The numbers of hidden states, not computed yet.
    ///
    /// - Parameter hidden: `[rows, hiddenSize]`.
    /// - Returns: One for each row and word.
    package func callAsFunction(_ hidden: Tensor) -> VocabularyLogits {
        VocabularyLogits(states: layers.reduce(hidden) { $1($0) }, head: self)
    }

    /// All words as a layer.
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

/// A number for each word of a vocabulary at each of some rows, computed when they are asked for.
///
/// All of them together take more memory than a whole model: 30,522 numbers a token.
package struct VocabularyLogits: Sendable {
    /// What is multiplied with the words, `[rows, size]`.
    fileprivate let states: Tensor
    fileprivate let head: VocabularyHead

    /// The number of words.
    package var vocabularySize: Int { head.vocabularySize }

    /// All of them, `[rows, vocabularySize]`.
    package var all: Tensor { head.layer(states) }

    /// Those of single words, `[rows, words]`.
    package func words(_ ids: [Int]) -> Tensor { head.product(states, words: ids) }

    /// One number for each text and word, without all of them being in memory at once.
    ///
    /// - Parameters:
    ///   - texts: Where the rows of each text begin.
    ///   - reduction: How the rows of a text become one.
    /// - Returns: `[texts, vocabularySize]`.
    package func reduced(over texts: TextOffsets, by reduction: RowReduction) -> Tensor {
        head.layer.reduced(states, over: texts, by: reduction)
    }
}
