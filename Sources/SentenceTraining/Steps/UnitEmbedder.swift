// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTransformers

/// Runs units through a model.
struct UnitEmbedder {
    let pipeline: ModelPipeline
    let kind: ModelKind
    let seed: UInt64
    let number: Int
    /// The probability with which parts are left out, instead of the model's own.
    let dropout: Float?
    /// The layers after which texts are embedded too.
    let layers: [Int]

    /// The vectors of a unit's texts one after another, and how many each text has; then those after other layers.
    struct Output {
        let vectors: Tensor
        let counts: [Int]
    }

    func callAsFunction(_ unit: EmbeddingUnit) throws -> Output {
        let stream = RandomStream(seed: seed, step: number, microBatch: unit.index)
        return try Execution.with(mode: dropout == 0 ? .inference : .training(stream, dropout: dropout)) {
            var call = unit.call
            call.keepsLayerStates = !layers.isEmpty
            var features = Features(unit.input, call)
            let route = try (unit.model ?? pipeline).route(for: unit.call.task)
            guard !layers.isEmpty else {
                try route(&features)
                return try output(&features)
            }
            // The modules after the first one see the states of an inner layer as if it were the last.
            try route.first(&features)
            var others = layers.map { layer in
                var inner = features
                inner.tokenEmbeddings = features.layerStates[layer]
                return inner
            }
            try route(&features, from: 1)
            let last = try output(&features)
            let inner = try others.indices.map { index in
                try route(&others[index], from: 1)
                return try output(&others[index]).vectors
            }
            return Output(vectors: .above([last.vectors] + inner), counts: last.counts)
        }
    }

    private func output(_ features: inout Features) throws -> Output {
        let count = features.input.count
        func single(_ vectors: Tensor?, _ what: String) throws -> Output {
            guard let vectors else { throw TrainingError(.mismatchedLoss, "the model's modules give no \(what)") }
            return Output(vectors: vectors, counts: [Int](repeating: 1, count: count))
        }
        switch kind {
        case .sentenceTransformer, .sparseEncoder:
            return try single(features.sentenceEmbedding, "sentence embedding")
        case .crossEncoder: return try single(features.scores, "scores")
        case .multiVectorEncoder:
            features.dropUnkeptTokens()
            guard let vectors = features.tokenEmbeddings else {
                throw TrainingError(.mismatchedLoss, "the model's modules give no token embeddings")
            }
            return Output(vectors: vectors, counts: (0..<features.texts.count).map { features.texts[$0].count })
        }
    }
}
