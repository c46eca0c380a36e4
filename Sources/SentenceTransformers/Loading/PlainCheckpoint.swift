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

/// Recognises and loads Hugging Face folders without `modules.json`.
enum PlainCheckpoint {
    /// The modules of a plain folder for a kind of model.
    ///
    /// - Throws: ``CheckpointError``; ``SentenceTransformersError`` if the folder holds another kind of model.
    static func modules(
        in directory: URL, kind: ModelKind, _ colBERT: ColBERTSettings?
    ) throws -> [any Module] {
        let folder = ModuleFolder(directory)
        guard folder.contains("config.json") || folder.holdsAdapter else {
            throw CheckpointError(
                .notFound, "no model in \(directory.path): expected modules.json, or config.json of a plain encoder")
        }
        warnOfStrayModules(in: directory, kind)
        let architectures = try architectures(folder.base.config())
        switch kind {
        case .sentenceTransformer: return try sentenceTransformer(folder, architectures)
        case .crossEncoder: return try crossEncoder(folder, architectures)
        case .sparseEncoder:
            guard architectures.contains(where: { $0.hasSuffix("ForMaskedLM") }) else {
                throw wrongKind(directory, found: .sentenceTransformer, opensAs: kind)
            }
            return [try Transformer(folder: folder, task: .fillMask, isPlain: true), SpladePooling()]
        case .multiVectorEncoder: return try multiVectorEncoder(folder, architectures, colBERT)
        }
    }

    /// Warns of module folders without the file that lists them, which the reference silently ignores.
    private static func warnOfStrayModules(in directory: URL, _ kind: ModelKind) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        let strays = names.filter { name in
            let parts = name.split(separator: "_", maxSplits: 1)
            return parts.count == 2 && Int(parts[0]) != nil && ModuleRegistry.knows(className: String(parts[1]))
        }.sorted { $0.precedesByBytes($1) }
        guard !strays.isEmpty else { return }
        let instead = kind == .sentenceTransformer ? ", and the mean of the tokens is used" : ""
        Warnings.add(
            "\(ModulesFile.name) is missing in \(directory.path), though there is \(strays.joined(separator: ", ")): the "
                + "modules there are not read\(instead); restore the file if they belong to the model")
    }

    private static func sentenceTransformer(
        _ folder: ModuleFolder, _ architectures: [String]
    ) throws -> [any Module] {
        let transformer = try Transformer(folder: folder, task: .featureExtraction, isPlain: true)
        let isCausal = try transformer.config.optionalBool("is_causal") ?? true
        let isDecoder = architectures.first?.hasSuffix("ForCausalLM") == true && isCausal
        return [
            transformer,
            Pooling(isDecoder ? [.last] : [.mean], embeddingDimension: transformer.encoder.spec.hiddenSize),
        ]
    }

    /// The kind of model that a folder holds: the one in its settings, or for a plain folder the one of its head.
    static func kind(_ settings: ModelSettings, _ directory: URL) throws -> ModelKind {
        let folder = ModuleFolder(directory)
        if folder.contains(ModulesFile.name) {
            // Early versions of PyLate did not write `model_type`.
            let types = try ModelConfig.list(url: directory.appending(path: ModulesFile.name))
                .map { try $0.string("type") }
            let isPyLate = types.contains { $0.hasPrefix("pylate.") }
            return settings.kind ?? (isPyLate ? .multiVectorEncoder : .sentenceTransformer)
        }
        guard folder.contains("config.json") || folder.holdsAdapter else { return .sentenceTransformer }
        let architectures = try architectures(folder.base.config())
        func has(_ ending: String) -> Bool { architectures.contains { $0.hasSuffix(ending) } }
        if has("ForSequenceClassification") { return .crossEncoder }
        if has("ForMaskedLM") { return .sparseEncoder }
        return has("HF_ColBERT") ? .multiVectorEncoder : .sentenceTransformer
    }

    /// A decoder is scored by its logits of "yes" and "no"; any other model has a classification head.
    private static func crossEncoder(_ folder: ModuleFolder, _ architectures: [String]) throws -> [any Module] {
        guard architectures.first?.hasSuffix("ForCausalLM") == true else {
            return [try Transformer(folder: folder, task: .sequenceClassification, isPlain: true)]
        }
        let transformer = try Transformer(folder: folder, task: .textGeneration, isPlain: true)
        return [transformer, try LogitScore(yesAndNoOf: transformer.subwordTokenizer, in: folder.url)]
    }

    private static func multiVectorEncoder(
        _ folder: ModuleFolder, _ architectures: [String], _ colBERT: ColBERTSettings?
    ) throws -> [any Module] {
        guard let colBERT, try ColBERTSettings.isStanford(folder.url) else {
            throw SentenceTransformersError(
                .unsupportedModel,
                "the model in \(folder.url.path) (\(architectures.joined(separator: ", "))) has no projection of its "
                    + "tokens' vectors, and the Python library would create a random one; train it there first, or "
                    + "open it with \(ModelKind.sentenceTransformer.rawValue)(\"…\")")
        }
        let transformer = try Transformer(folder: folder, task: nil, defaults: colBERT.defaults)
        return [transformer, Dense(tokens: try colBERT.projection(in: folder))] + colBERT.unnamedModules
    }

    static func architectures(_ config: ModelConfig) throws -> [String] {
        try config.optionalStrings("architectures") ?? []
    }

    /// - Throws: ``SentenceTransformersError`` if the settings are those of another kind of model.
    static func check(_ settings: ModelSettings, _ directory: URL, opensAs kind: ModelKind) throws {
        guard let found = settings.kind, found != kind else { return }
        throw wrongKind(directory, found: found, opensAs: kind)
    }

    /// The error for a model that another type loads.
    static func wrongKind(_ directory: URL, found: ModelKind, opensAs kind: ModelKind) -> SentenceTransformersError {
        SentenceTransformersError(
            .unsupportedModel,
            "the model in \(directory.path) is a \(found.rawValue), not a \(kind.rawValue); open it with "
                + "\(found.rawValue)(\"…\")", foundKind: found)
    }
}
