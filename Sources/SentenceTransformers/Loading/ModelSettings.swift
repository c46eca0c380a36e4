// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// `config_sentence_transformers.json`: what a model remembers beside its modules.
struct ModelSettings {
    static let fileName = "config_sentence_transformers.json"

    var prompts: [String: String]
    var defaultPromptName: String?
    var similarityFunction: SimilarityFunction
    var truncateDimension: Int?

    /// Reads the settings of a model folder; a folder without the file has the defaults.
    init(directory: URL) throws {
        let folder = ModuleFolder(directory)
        let config =
            folder.contains(Self.fileName)
            ? try ModelConfig(url: directory.appending(path: Self.fileName))
            : ModelConfig(name: Self.fileName, values: [:])
        try Self.checkKind(config)
        // The reference puts these two in, empty, so that they win over the default prompt.
        prompts = ["query": "", "document": ""]
        for (name, value) in try config.optionalObject("prompts")?.values ?? [:] where value != .null {
            guard let text = value.asString else { throw config.error("prompts", "expected texts") }
            prompts[name] = text
        }
        defaultPromptName = try config.optionalString("default_prompt_name")
        if let name = defaultPromptName, prompts[name] == nil {
            throw config.error("default_prompt_name", "expected one of the prompts: \(prompts.keys.sorted())")
        }
        similarityFunction = try config.optionalString("similarity_fn_name").flatMap(SimilarityFunction.init) ?? .cosine
        truncateDimension = try config.optionalInt("truncate_dim")
        if let dimension = truncateDimension, dimension < 1 {
            throw config.error("truncate_dim", "expected a positive number")
        }
    }

    private static func checkKind(_ config: ModelConfig) throws {
        let kind = try config.optionalString("model_type") ?? "SentenceTransformer"
        guard kind == "SentenceTransformer" else {
            throw SentenceTransformersError(
                .unsupportedModel, "\(config.name): the model is a \(kind), not a SentenceTransformer")
        }
    }
}

extension SentenceTransformer {
    /// Writes the model into a folder from which this library and the Python library load it again.
    ///
    /// Every file is written whole or not at all; the folder is made if it is missing.
    /// - Throws: ``CheckpointError`` with code `unwritable`, or ``TokenizerError``.
    public func save(to directory: URL) throws {
        try AtomicFile.createFolder(directory)
        var settings: [String: JSONValue] = [
            "model_type": "SentenceTransformer",
            "prompts": .object(prompts.mapValues(JSONValue.string)),
            "default_prompt_name": defaultPromptName.map(JSONValue.string) ?? .null,
            "similarity_fn_name": .string(similarityFunction.rawValue),
            "__version__": ["swift-sentence-transformers": .string(libraryVersion)],
        ]
        if let truncateDimension { settings["truncate_dim"] = .int(truncateDimension) }
        try JSONValue.object(settings).write(to: directory.appending(path: ModelSettings.fileName))
        try ModulesFile.save(modules, to: directory)
    }
}
