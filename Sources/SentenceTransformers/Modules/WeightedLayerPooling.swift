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

/// The weighted mean, for each token, of the hidden states of a transformer's upper layers.
///
/// Does nothing if the transformer's `config.json` does not set `output_hidden_states`.
package struct WeightedLayerPooling: Module {
    package static let className = "WeightedLayerPooling"
    package static let typeName =
        "sentence_transformers.sentence_transformer.modules.weighted_layer_pooling.WeightedLayerPooling"
    private static let sizeKeys = ["embedding_dimension", "word_embedding_dimension"]

    private let size: Int
    private let layerCount: Int
    private let firstLayer: Int
    private var weights: Parameter

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(known: .weightedLayerPooling)
        size = try config.size(Self.sizeKeys.first(where: config.contains) ?? Self.sizeKeys[0])
        layerCount = try config.int("num_hidden_layers", default: 12)
        firstLayer = try config.int("layer_start", default: 4)
        guard (1...1 << 16).contains(layerCount), (0...layerCount).contains(firstLayer) else {
            throw config.error("layer_start", "expected a layer from 0 to \"num_hidden_layers\"")
        }
        weights = try folder.parameters([("layer_weights", [layerCount + 1 - firstLayer])])[0]
    }

    package func save(to folder: URL) throws {
        try JSONValue.object([
            "embedding_dimension": .int(size), "layer_start": .int(firstLayer), "num_hidden_layers": .int(layerCount),
        ]).write(to: folder.appending(path: "config.json"))
        try saveParameters(to: folder)
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard let layers = sizes.layerStates else { return sizes }
        guard layers.count == layerCount + 1, layers.size == size else {
            throw SentenceTransformersError(
                .mismatchedModules,
                "WeightedLayerPooling takes \(layerCount) layers of \(size) dimensions, found \(layers.count - 1) of "
                    + "\(layers.size)")
        }
        return FeatureSizes(tokenEmbeddings: size)
    }

    package func callAsFunction(_ features: inout Features) {
        guard !features.layerStates.isEmpty else { return }
        features.tokenEmbeddings = .weightedMean(Array(features.layerStates[firstLayer...]), weights: weights.value)
    }

    package var parameters: [NamedParameter] { [NamedParameter("layer_weights", weights)] }
    package mutating func update(_ values: ParameterValues) { weights.update(values) }
    package var summary: String { "layers \(firstLayer) to \(layerCount)" }
}
