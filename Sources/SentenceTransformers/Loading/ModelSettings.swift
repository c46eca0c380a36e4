// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `config_sentence_transformers.json`: what a model remembers beside its modules.
package struct ModelSettings: Sendable {
    static let fileName = "config_sentence_transformers.json"

    /// The kind that saved the file; nil of a folder without it.
    let kind: ModelKind?
    /// Texts to put before others, by name.
    package var prompts: [ExactString: String]
    /// The name of the prompt that is used if none is given.
    package var defaultPromptName: String?
    /// How the model's results are compared, by a name that its kind knows.
    var similarityFunctionName: String?
    /// Leading dimensions of an embedding to keep.
    package var truncateDimension: Int?
    /// Largest dimensions of a sparse embedding to keep.
    package var maximumActiveDimensions: Int?
    /// The path of the class that turns a cross-encoder's logits into scores.
    var activationPath: String?
    /// The file as it stands.
    let config: ModelConfig

    /// Reads the settings of a model folder for the kind that opens it.
    ///
    /// A folder without the file has the defaults, and so has a plain Hugging Face one, as in the reference.
    init(directory: URL, opensAs opened: ModelKind) throws {
        let folder = ModuleFolder(directory)
        let isThere = folder.contains(Self.fileName) && folder.contains(ModulesFile.name)
        config =
            isThere
            ? try ModelConfig(url: directory.appending(path: Self.fileName))
            : ModelConfig(name: Self.fileName, values: [:])
        for key in config.keys where !KnownKeys.modelSettings.contains(key) {
            Warnings.add("\(Self.fileName): \(key.quoted) is not known to this version and has no effect")
        }
        kind = isThere ? try Self.kind(config) : nil
        // The reference gives encoders these two, empty, so that they win over the default prompt.
        prompts = (kind ?? opened) == .crossEncoder ? [:] : ["query": "", "document": ""]
        for (name, value) in try config.optionalObject("prompts")?.values ?? [:] where value != .null {
            guard let text = value.asString else { throw config.error("prompts", "expected texts") }
            prompts[name] = text
        }
        defaultPromptName = try config.optionalString("default_prompt_name")
        if let name = defaultPromptName, prompts[name] == nil {
            throw config.error("default_prompt_name", "expected one of the prompts: \(prompts.keys.sortedStrings)")
        }
        similarityFunctionName = try config.optionalString("similarity_fn_name")
        truncateDimension = try Self.positive(config, "truncate_dim")
        maximumActiveDimensions = try Self.positive(config, "max_active_dims")
        activationPath = try config.optionalString("activation_fn")
    }

    private static func kind(_ config: ModelConfig) throws -> ModelKind {
        // PyLate's models of before it wrote the key, or took the reference's for it.
        let usual: ModelKind = ColBERTSettings.isPyLate(config) ? .multiVectorEncoder : .sentenceTransformer
        let name = try config.string("model_type", default: usual.rawValue)
        guard let kind = ModelKind(configured: name) else {
            let known = ModelKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw config.error("model_type", "expected one of \(known); found \"\(name)\"")
        }
        return kind
    }

    private static func positive(_ config: ModelConfig, _ key: String) throws -> Int? {
        let number = try config.optionalInt(key)
        if let number, number < 1 { throw config.error(key, "expected a positive number") }
        return number
    }

    /// Writes the settings of a model of `kind`.
    func save(_ kind: ModelKind, to directory: URL) throws {
        var values: JSONObject = [
            "model_type": .string(kind.rawValue),
            "prompts": .object(prompts.mapValues(JSONValue.string)),
            "default_prompt_name": defaultPromptName.map(JSONValue.string) ?? .null,
            "__version__": ["swift-sentence-transformers": .string(libraryVersion)],
        ]
        if let similarityFunctionName { values["similarity_fn_name"] = .string(similarityFunctionName) }
        if let truncateDimension { values["truncate_dim"] = .int(truncateDimension) }
        if let maximumActiveDimensions { values["max_active_dims"] = .int(maximumActiveDimensions) }
        if let activationPath { values["activation_fn"] = .string(activationPath) }
        try JSONValue.object(values).write(to: directory.appending(path: Self.fileName))
    }
}
