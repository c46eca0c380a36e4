// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

/// The module types that this version supports.
enum ModuleRegistry {
    /// The file that lists the modules of a model.
    static let file = "modules.json"

    static let all: [any Module.Type] = [
        Transformer.self, StaticEmbedding.self, WordEmbeddings.self, BoW.self, Pooling.self, Dense.self, Normalize.self,
        LayerNormModule.self, Dropout.self, CNN.self, WordWeights.self, Router.self, WeightedLayerPooling.self,
        LSTM.self, LogitScore.self, SpladePooling.self, SparseAutoEncoder.self, SparseStaticEmbedding.self,
        MultiVectorMask.self, HierarchicalTokenPooling.self,
    ]

    /// Former names of classes, with the task that the name implies for a transformer.
    private static let legacyNames: [String: (className: String, task: TransformerTask?)] = [
        "Asym": (Router.className, nil), "MLMTransformer": (Transformer.className, .fillMask),
    ]

    /// Types of other libraries that are equivalent to types of the reference.
    private static let foreignNames = ["pylate.models.Dense.Dense": Dense.typeName]

    /// Whether a class of this name is supported.
    static func knows(className: String) -> Bool { all.contains { $0.className == className } }

    /// Loads a module of the named type; `defaults` are the settings that its folder may lack.
    ///
    /// - Throws: ``CheckpointError``, ``TokenizerError`` or ``SentenceTransformersError``.
    static func module(
        named name: String, in folder: ModuleFolder, _ defaults: ModuleDefaults = .init()
    ) throws -> any Module {
        let type = try type(named: name)
        if let className = name.split(separator: ".").last, let task = legacyNames[String(className)]?.task {
            return try Transformer(folder: folder, task: task)
        }
        if type is Transformer.Type { return try Transformer(folder: folder, task: nil, defaults: defaults) }
        if type is Dense.Type { return try Dense(folder: folder, defaultInput: defaults.denseInput) }
        return try type.init(folder: folder)
    }

    /// The module type named by an entry of `modules.json`, by any of the reference's old and new paths.
    ///
    /// - Throws: ``CheckpointError`` with code `unsupported`.
    static func type(named name: String) throws -> any Module.Type {
        let parts = (foreignNames[name] ?? name).split(separator: ".").map(String.init)
        guard parts.first == "sentence_transformers", let last = parts.last else {
            throw CheckpointError(
                .unsupported, file: Self.file,
                "module type \"\(name)\" is code of the model's author, which this library never runs")
        }
        let className = legacyNames[last]?.className ?? last
        for type in all where type.className == className { return type }
        let known = all.map { $0.className }.joined(separator: ", ")
        throw CheckpointError(
            .unsupported, file: Self.file,
            "module type \"\(name)\" is not supported by this version; supported: \(known)")
    }
}
