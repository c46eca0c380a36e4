// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Convolutions of several widths over the tokens of each text, whose outputs are concatenated.
///
/// Texts are padded with zeros. In the reference the padding tokens of a batch also contribute.
///
/// Kim, *Convolutional Neural Networks for Sentence Classification*, 2014, <https://arxiv.org/abs/1408.5882>.
package struct CNN: Module {
    package static let className = "CNN"
    package static let typeName = "sentence_transformers.sentence_transformer.modules.cnn.CNN"
    private static let file = "cnn_config.json"

    private let inputSize: Int
    private let channels: Int
    private let kernelSizes: [Int]
    /// One layer for each width; its input is the concatenation of a token and its neighbours.
    private var layers: [LinearLayer]

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(Self.file, known: .cnn)
        let inputSize = try config.size(
            config.contains("in_embedding_dimension") ? "in_embedding_dimension" : "in_word_embedding_dimension")
        let channels = try config.size("out_channels")
        let kernelSizes = try config.ints("kernel_sizes")
        guard !kernelSizes.isEmpty, kernelSizes.allSatisfy({ $0 > 0 && $0 % 2 == 1 }) else {
            throw config.error("kernel_sizes", "expected odd numbers, which keep the number of tokens")
        }
        let strides = try config.contains("stride_sizes") ? config.ints("stride_sizes") : []
        guard strides.allSatisfy({ $0 == 1 }) else {
            throw config.error("stride_sizes", "expected 1, which keeps the number of tokens")
        }
        let parameters = try folder.parameters(
            kernelSizes.enumerated().flatMap { index, size in
                [("convs.\(index).weight", [channels, inputSize, size]), ("convs.\(index).bias", [channels])]
            })
        self.inputSize = inputSize
        self.channels = channels
        self.kernelSizes = kernelSizes
        layers = kernelSizes.indices.map { index in
            LinearLayer(
                weights: [parameters[2 * index]], biases: [parameters[2 * index + 1]], order: .convolution)
        }
    }

    package func save(to folder: URL) throws {
        try JSONValue.object([
            "in_embedding_dimension": .int(inputSize), "out_channels": .int(channels),
            "kernel_sizes": .array(kernelSizes.map(JSONValue.int)),
            "stride_sizes": .array(kernelSizes.map { _ in .int(1) }),
        ]).write(to: folder.appending(path: Self.file))
        try saveParameters(to: folder)
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard sizes.tokenEmbeddings == inputSize else {
            throw SentenceTransformersError(
                .mismatchedModules,
                "CNN takes \(inputSize) dimensions, found \(sizes.tokenEmbeddings.map(String.init) ?? "none")")
        }
        return FeatureSizes(tokenEmbeddings: channels * layers.count, sentenceEmbedding: nil)
    }

    package func callAsFunction(_ features: inout Features) {
        guard let x = features.tokenEmbeddings else { return }
        features.tokenEmbeddings = Tensor.beside(
            zip(layers, kernelSizes).map { layer, size in layer(x.windows(features.texts, reach: size / 2)) })
    }

    package var parameters: [NamedParameter] {
        layers.enumerated().flatMap { index, layer in
            [NamedParameter("convs.\(index).weight", layer.weights[0])]
                + layer.biases.compactMap { $0.map { NamedParameter("convs.\(index).bias", $0) } }
        }
    }

    package mutating func update(_ values: ParameterValues) { layers.update(values) }
    package var summary: String {
        "\(channels) channels of each width \(kernelSizes.map(String.init).joined(separator: ", "))"
    }
}
