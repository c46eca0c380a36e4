// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors

/// The head of a model that classifies texts: hidden states in, one score for each label out.
package struct ClassificationHead: Sendable, Trainable {
    /// The number of labels.
    package var labelCount: Int { output.outputSize }
    /// Every parameter by its name in the checkpoint.
    package private(set) var parameters: [NamedParameter]
    private let reduction: ClassificationHeadSpec.Reduction
    private var layers: [HeadWeights.Layer]
    private var output: LinearLayer

    /// Builds the classification head for `encoder` that `config` describes.
    ///
    /// - Throws: ``CheckpointError`` if none is known for the architecture, or the checkpoint lacks it.
    package init(config: ModelConfig, encoder: Encoder, checkpoint: Checkpoint) throws {
        let spec = try EncoderArchitecture.classificationHead(config)
        var weights = HeadWeights(checkpoint)
        reduction = spec.reduction
        layers = try weights.layers(spec.layers, from: encoder.spec.hiddenSize)
        output = try weights.linear(
            spec.output, hasBias: spec.hasOutputBias,
            inputSize: layers.last?.linear.outputSize ?? encoder.spec.hiddenSize)
        parameters = weights.named
    }

    /// Takes new values, and rebuilds the layers that use them.
    package mutating func update(_ values: ParameterValues) {
        parameters.update(values)
        layers.update(values)
        output.update(values)
    }

    /// The matrices of the layers, which can have adapters.
    package var matrices: [NamedParameter] { parameters.filter { $0.parameter.tensor.shape.count == 2 } }

    /// Gives the layers the adapters of their matrices, instead of those that they have.
    package mutating func adapt(_ set: AdapterSet) {
        for index in layers.indices { layers[index].adapt(set) }
        output.adapt(set)
    }

    /// The tokens whose hidden states the head reads, ascending; nil for all.
    ///
    /// - Parameters:
    ///   - ids: `[totalTokens]`.
    ///   - texts: Where each text begins.
    /// - Returns: Indices among all tokens.
    package func tokensRead(ids: [Int32], _ texts: TextOffsets) -> [Int]? {
        switch reduction {
        case .first: (0..<texts.count).compactMap { texts[$0].first }
        case .mean, .meanOfScores: nil
        case .last(let padding): Self.lastTokens(ids, texts, padding).compactMap(\.self)
        }
    }

    /// The scores of texts, before the final activation.
    ///
    /// - Parameters:
    ///   - hidden: `[totalTokens, hiddenSize]`.
    ///   - ids: `[totalTokens]`; nil if there are only the tokens that the head reads.
    ///   - texts: Where each text begins.
    /// - Returns: `[texts, labels]`.
    package func callAsFunction(_ hidden: Tensor, ids: [Int32]?, _ texts: TextOffsets) -> Tensor {
        switch reduction {
        case .first: score(hidden.pooled(texts, by: [.first]))
        case .mean: score(hidden.pooled(texts, by: [.mean]))
        case .meanOfScores: score(hidden).pooled(texts, by: [.mean])
        case .last(let padding): score(hidden.gatheringRows(Self.lastTokens(ids, texts, padding)))
        }
    }

    private func score(_ x: Tensor) -> Tensor { output(layers.reduce(x) { $1($0) }) }

    /// The last token of each text that is not padding; its first one if all are padding, nil if there are none.
    private static func lastTokens(_ ids: [Int32]?, _ texts: TextOffsets, _ padding: Int32?) -> [Int?] {
        (0..<texts.count).map { text in
            texts[text].last { ids?[$0] != padding } ?? texts[text].first
        }
    }
}
