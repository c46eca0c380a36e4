// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Settings that models of PyLate and of Stanford's ColBERT keep in one file, and current models in the files of their
/// modules.
struct ColBERTSettings: Sendable {
    /// The prompts of queries and documents, by name.
    private(set) var prompts: [ExactString: String] = [:]
    private(set) var defaults = ModuleDefaults()
    /// Tokens without a vector in documents; nil if a module of the model lists them.
    private var skiplist: [String]?

    private static let roles = ["query", "document"]
    /// ASCII punctuation, which both libraries leave out of documents by default.
    private static let punctuation = (33...126).map { Character(Unicode.Scalar($0)) }.filter {
        !$0.isLetter && !$0.isNumber
    }.map(String.init)

    /// Reads the settings of a model folder, if it has any; in any case a ``Dense`` transforms token embeddings by
    /// default.
    init(_ directory: URL, _ settings: ModelSettings) throws {
        defaults.denseInput = .tokenEmbeddings
        try readPyLate(settings)
        if try Self.isStanford(directory) { try readStanford(directory, settings) }
    }

    /// The modules that follow the projection without being listed in a file: the mask of tokens and the normalisation.
    var unnamedModules: [any Module] {
        skiplist.map { [MultiVectorMask(skiplist: $0), Normalize(.tokenEmbeddings)] } ?? []
    }

    /// Whether a folder holds a model of Stanford's ColBERT.
    static func isStanford(_ directory: URL) throws -> Bool {
        let folder = ModuleFolder(directory)
        guard folder.contains("config.json"), !folder.contains(ModulesFile.name) else { return false }
        return try PlainCheckpoint.architectures(folder.config()).contains("HF_ColBERT")
    }
}

// MARK: PyLate: keys of config_sentence_transformers.json

extension ColBERTSettings {
    private static let prefixes = ["query_prefix", "document_prefix"]
    private static let lengths = ["query_length", "document_length"]
    private static let attention = ["attend_to_expansion_tokens", "attend_to_mask_tokens"]
    private static let expansion = "query_expansion", expands = "do_query_expansion", words = "skiplist_words"

    /// Whether the settings are those of a model that PyLate saved.
    static func isPyLate(_ config: ModelConfig) -> Bool {
        (prefixes + lengths + attention + [expansion, expands, words]).contains(where: config.contains)
    }

    private mutating func readPyLate(_ settings: ModelSettings) throws {
        let config = settings.config
        for (role, key) in zip(Self.roles, Self.prefixes) where config.contains(key) {
            let prefix = try config.optionalString(key) ?? ""
            let prompt = settings.prompts[role] ?? ""
            prompts[role] = prefix + (prompt.droppingExactPrefix(prefix) ?? prompt)
            addSpecialToken(prefix)
        }
        let isNative = try config.optionalString("model_type") == ModelKind.multiVectorEncoder.rawValue
        if settings.kind == .multiVectorEncoder, !isNative {
            skiplist = try config.optionalStrings(Self.words) ?? Self.punctuation
        }
        guard Self.isPyLate(config) else { return }
        for key in Self.lengths + [Self.expansion] { defaults.transformer[key] = config.values[key] }
        if !config.contains(Self.expansion) {
            defaults.transformer[Self.expansion] = .null
            if try config.optionalBool(Self.expands) ?? true {
                let length = try config.optionalInt("query_length") ?? Self.usualLength
                defaults.transformer["query_length"] = nil
                defaults.transformer[Self.expansion] = Self.expansion(
                    to: length, isAttendedTo: try config.optionalBool(Self.attention) ?? false)
            }
        }
    }

    /// The default length of expanded queries, in tokens.
    private static let usualLength = 32

    private static func expansion(to length: Int, isAttendedTo: Bool) -> JSONValue {
        [
            "strategy": .string(QueryExpansion.Strategy.fixed.rawValue), "attend": .bool(isAttendedTo),
            "length": .int(length),
        ]
    }

    /// If a prefix is not a token as a whole, its first word may be one.
    private mutating func addSpecialToken(_ prefix: String) {
        guard let word = prefix.split(whereSeparator: \.isWhitespace).first else { return }
        defaults.specialTokens.append([prefix, String(word)])
    }
}

// MARK: Stanford: artifact.metadata

extension ColBERTSettings {
    /// The projection of Stanford's models, which is stored with the transformer's weights: `[outputs, inputs]`.
    func projection(in folder: ModuleFolder) throws -> Parameter {
        let name = "linear.weight", checkpoint = try Checkpoint(directory: folder.url)
        guard let entry = checkpoint.entry(named: name), entry.shape.count == 2, entry.elementType.isFloatingPoint
        else {
            let found = checkpoint.entry(named: name).map { "is \($0.shape) of \($0.elementType)" } ?? "is missing"
            throw CheckpointError(.mismatch, file: checkpoint.name, "\(name) \(found); expected a matrix of numbers")
        }
        return Parameter(try checkpoint.tensor(named: name))
    }

    private mutating func readStanford(_ directory: URL, _ settings: ModelSettings) throws {
        let config = try ModuleFolder(directory).config("artifact.metadata", isOptional: true)
        let saved = try settings.config.optionalObject("prompts")
        for (role, key, usual) in [("query", "query_token_id", "[unused0]"), ("document", "doc_token_id", "[unused1]")]
        {
            let marker = (try config.optionalString(key)).flatMap { $0.isEmpty ? nil : $0 } ?? usual
            if try saved?.optionalString(role) == nil { prompts[role] = marker + " " }
            addSpecialToken(marker + " ")
        }
        if let length = try config.optionalInt("doc_maxlen") { defaults.transformer["document_length"] = .int(length) }
        defaults.transformer[Self.expansion] = Self.expansion(
            to: try config.optionalInt("query_maxlen") ?? Self.usualLength,
            isAttendedTo: try config.optionalBool("attend_to_mask_tokens") ?? false)
        skiplist = try config.bool("mask_punctuation", default: true) ? Self.punctuation : []
    }
}
