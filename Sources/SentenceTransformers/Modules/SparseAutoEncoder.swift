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

/// Maps a dense embedding to a larger space and keeps its largest dimensions.
///
/// Wen et al., *Beyond Matryoshka: Revisiting Sparse Coding for Adaptive Representation*, 2025,
/// <https://arxiv.org/abs/2503.01776>.
package struct SparseAutoEncoder: Module {
    package static let className = "SparseAutoEncoder"
    package static let typeName = "sentence_transformers.sparse_encoder.modules.sparse_auto_encoder.SparseAutoEncoder"
    private static let epsilon: Float = 1e-5

    /// The number of dimensions to keep by default.
    let activeCount: Int
    private let config: ModelConfig
    private var encoder: LinearLayer
    private var inputBias: Parameter
    private let normalizes: Bool
    /// For each dimension, the number of steps since it was last active; used only in training.
    private let idleSteps: Tensor

    package init(folder: ModuleFolder) throws {
        config = try folder.config(known: .sparseAutoEncoder)
        let inputSize = try config.size("input_dim")
        let size = try config.contains("hidden_dim") ? config.size("hidden_dim") : 512
        activeCount = try config.contains("k") ? config.size("k") : 8
        normalizes = try config.bool("normalize", default: false)
        let checkpoint = try Checkpoint(directory: folder.url)
        // The encoder and the decoder share the matrix, which the reference stores once, under either name.
        let matrix = ["encoder.weight", "decoder.linear.weight"].filter(checkpoint.contains)
        guard activeCount <= size else { throw config.error("k", "expected at most \"hidden_dim\", \(size)") }
        let parameters = try folder.parameters(
            [("pre_bias", [inputSize]), ("latent_bias", [size])]
                + (matrix.isEmpty ? ["encoder.weight"] : matrix).map { ($0, [size, inputSize]) },
            ignoring: ["stats_last_nonzero"])
        inputBias = parameters[0]
        encoder = LinearLayer(weights: [parameters[2]], biases: [parameters[1]])
        idleSteps =
            try checkpoint.contains("stats_last_nonzero")
            ? checkpoint.tensor(named: "stats_last_nonzero") : .zeros([size])
    }

    package func save(to folder: URL) throws {
        try JSONValue.object(config.values).write(to: folder.appending(path: "config.json"))
        try saveParameters(
            idleSteps.elementType == .int64 ? ["stats_last_nonzero": idleSteps] : [:], to: folder)
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard sizes.sentenceEmbedding == encoder.inputSize else {
            throw SentenceTransformersError(
                .mismatchedModules,
                "SparseAutoEncoder takes \(encoder.inputSize) dimensions, found "
                    + (sizes.sentenceEmbedding.map(String.init) ?? "none"))
        }
        return FeatureSizes(sentenceEmbedding: encoder.outputSize)
    }

    package func tokenUse(_ features: inout Features) -> TokenUse { .each }
    package func callAsFunction(_ features: inout Features) {
        guard let x = features.sentenceEmbedding else { return }
        let latents = encoder(prepared(x))
        features.sentenceEmbedding = latents.keepingLargest(
            features.call.maximumActiveDimensions ?? activeCount, by: { $0 }
        ).activated(.relu)
    }

    /// The input minus the bias; rows are first standardised if the configuration says so.
    private func prepared(_ x: Tensor) -> Tensor {
        (normalizes ? x.standardized(epsilon: Self.epsilon) : x).adding(-1, row: inputBias.value)
    }

    package var parameters: [NamedParameter] {
        [NamedParameter("pre_bias", inputBias), NamedParameter("decoder.linear.weight", encoder.weights[0])]
            + encoder.biases.compactMap { $0.map { NamedParameter("latent_bias", $0) } }
    }

    package mutating func update(_ values: ParameterValues) {
        encoder.update(values)
        inputBias.update(values)
    }
    package var summary: String { "\(encoder.inputSize) → \(encoder.outputSize), \(activeCount) of them active" }
}
