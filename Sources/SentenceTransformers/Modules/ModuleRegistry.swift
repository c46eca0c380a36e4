// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints

/// Every module type that this version reads.
enum ModuleRegistry {
    static let all: [any Module.Type] = [
        Transformer.self, StaticEmbedding.self, WordEmbeddings.self, BoW.self, Pooling.self, Dense.self, Normalize.self,
        LayerNormModule.self, Dropout.self, CNN.self, WordWeights.self, Router.self, WeightedLayerPooling.self,
        LSTM.self,
    ]

    /// Names that classes had before.
    private static let legacyNames = ["Asym": Router.className]

    /// The module type that an entry of `modules.json` names, in any of the reference's old and new paths.
    ///
    /// - Throws: ``CheckpointError`` with code `unsupported`.
    static func type(named name: String) throws -> any Module.Type {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.first == "sentence_transformers", let className = parts.last else {
            throw CheckpointError(
                .unsupported, file: ModulesFile.name,
                "module type \"\(name)\" is code of the model's author, which this library never runs")
        }
        for type in all where type.className == className || legacyNames[className] == type.className { return type }
        let known = all.map { $0.className }.joined(separator: ", ")
        throw CheckpointError(
            .unsupported, file: ModulesFile.name,
            "module type \"\(name)\" is not supported by this version; supported: \(known)")
    }
}
