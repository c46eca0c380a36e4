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

/// Layer normalisation of the sentence embedding.
package struct LayerNormModule: Module {
    package static let className = "LayerNorm"
    package static let typeName = "sentence_transformers.sentence_transformer.modules.layer_norm.LayerNorm"
    /// The default epsilon of PyTorch's `LayerNorm`, which the configuration does not contain.
    private static let epsilon: Float = 1e-5

    private var norm: LayerNorm
    private let dimension: Int

    package init(folder: ModuleFolder) throws {
        dimension = try folder.config(known: .layerNorm).size("dimension")
        let parameters = try folder.parameters([("norm.weight", [dimension]), ("norm.bias", [dimension])])
        norm = LayerNorm(weight: parameters[0], bias: parameters[1], epsilon: Self.epsilon)
    }

    package func save(to folder: URL) throws {
        try JSONValue.object(["dimension": .int(dimension)]).write(to: folder.appending(path: "config.json"))
        try saveParameters(to: folder)
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard sizes.sentenceEmbedding == dimension else {
            throw SentenceTransformersError(
                .mismatchedModules,
                "LayerNorm takes \(dimension) dimensions, found \(sizes.sentenceEmbedding.map(String.init) ?? "none")")
        }
        return sizes
    }

    package func tokenUse(_ features: inout Features) -> TokenUse { .each }
    package func callAsFunction(_ features: inout Features) {
        features.sentenceEmbedding = features.sentenceEmbedding.map { norm($0) }
    }

    package var parameters: [NamedParameter] {
        [NamedParameter("norm.weight", norm.weight)] + (norm.bias.map { [NamedParameter("norm.bias", $0)] } ?? [])
    }
    package mutating func update(_ values: ParameterValues) { norm.update(values) }
    package var summary: String { "\(dimension) dimensions" }
}
