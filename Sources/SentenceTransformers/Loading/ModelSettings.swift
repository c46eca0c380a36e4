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

/// `config_sentence_transformers.json`: the settings of a model that do not belong to a module.
package struct ModelSettings: Sendable {
    static let fileName = "config_sentence_transformers.json"

    /// The kind of model named in the file; nil without a file.
    let kind: ModelKind?
    /// The prompts, by name.
    package var prompts: [ExactString: String]
    /// The name of the prompt that is used if none is given.
    package var defaultPromptName: String?
    /// The name of the similarity function, of which each kind of model has its own.
    var similarityFunctionName: String?
    /// The number of leading dimensions of an embedding to keep.
    package var truncateDimension: Int?
    /// The number of largest dimensions of a sparse embedding to keep.
    package var maximumActiveDimensions: Int?
    /// The dotted path of a cross-encoder's activation class.
    var activationPath: String?
    /// The names of the classes whose probabilities the model gives.
    package var labels: [String]?
    /// The unchanged contents of the file.
    let config: ModelConfig

    /// Reads the settings of a model folder that is loaded as the given kind.
    ///
    /// A folder without the file has the defaults, and so does a plain Hugging Face folder, as in the reference.
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
        // The reference gives encoders these two empty prompts, which take precedence over the default prompt.
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
        labels = try config.optionalStrings("labels")
    }

    /// The settings that a model of a kind has without the file.
    init(_ kind: ModelKind) {
        self.kind = kind
        prompts = kind == .crossEncoder ? [:] : ["query": "", "document": ""]
        config = ModelConfig(name: Self.fileName, values: [:])
    }

    private static func kind(_ config: ModelConfig) throws -> ModelKind {
        // PyLate did not always write the key.
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
        if let labels { values["labels"] = .array(labels.map { .string($0) }) }
        if let activationPath { values["activation_fn"] = .string(activationPath) }
        try JSONValue.object(values).write(to: directory.appending(path: Self.fileName))
    }
}
