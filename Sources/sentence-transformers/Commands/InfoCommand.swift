// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceCheckpoints
import SentenceTensors
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a model is made of and how it runs here.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Print what a model is made of and how it runs on this machine.",
        usage: "sentence-transformers info --model <folder-or-name> [--json]",
        discussion: """
            Example:
              sentence-transformers info --model M
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let model = try common.load(SentenceTransformer.self)
        let text = try json ? description(of: model).serialized() + "\n" : table(of: model).text
        try OutputTarget.standardOutput.writeLines { $0.append(text) }
    }

    private var threads: Int { common.threads ?? Parallel.availableThreads }

    private func maximumLength(_ model: SentenceTransformer) -> Int? {
        common.maximumLength(model.maximumSequenceLength)
    }

    private func description(of model: SentenceTransformer) -> JSONValue {
        [
            "model": .string(common.model),
            "folder": .string(model.directory.path),
            "modules": .array(
                model.pipeline.modules.map {
                    [
                        "type": .string(type(of: $0).className), "summary": .string($0.summary),
                        "parameters": .int($0.parameterCount),
                    ]
                }),
            "parameters": .int(model.parameterCount),
            "dimension": .int(model.embeddingDimension),
            "truncate_dim": model.truncateDimension.map(JSONValue.int) ?? .null,
            "max_seq_length": maximumLength(model).map(JSONValue.int) ?? .null,
            "vocabulary_size": model.tokenizer.map { .int($0.vocabularySize) } ?? .null,
            "similarity_function": .string(model.similarityFunction.rawValue),
            "prompts": .object(model.prompts.mapValues(JSONValue.string)),
            "default_prompt_name": model.defaultPromptName.map(JSONValue.string) ?? .null,
            "compute": .string(model.computePrecision.rawValue),
            "kernels": .string(model.kernelName),
            "available_kernels": .array(KernelSet.available.map { .string($0.name) }),
            "threads": .int(threads),
            "version": .string(libraryVersion),
        ]
    }

    private func table(of model: SentenceTransformer) throws -> Table {
        var table = Table()
        table.add("model", common.model)
        table.add("folder", model.directory.path)
        for (index, module) in model.pipeline.modules.enumerated() {
            table.add(index == 0 ? "modules" : "", "\(type(of: module).className): \(module.summary)")
        }
        table.add("parameters", model.parameterCount.grouped)
        let kept = model.truncateDimension.map { ", of which \($0) are kept" } ?? ""
        table.add("dimensions", "\(model.embeddingDimension)\(kept)")
        table.add("longest text", maximumLength(model).map { "\($0) tokens" } ?? "any length")
        if let tokenizer = model.tokenizer {
            table.add("vocabulary", "\(tokenizer.vocabularySize.grouped) tokens")
        }
        table.add("similarity", model.similarityFunction.rawValue)
        let prompts = model.prompts.sorted { $0.key < $1.key }
        for (index, (name, text)) in prompts.enumerated() {
            let isDefault = name == model.defaultPromptName ? " (default)" : ""
            let quoted = try JSONValue.string(text).serialized(.compact)
            table.add(index == 0 ? "prompts" : "", "\(name): \(text.isEmpty ? "none" : quoted)\(isDefault)")
        }
        table.add("compute", model.computePrecision.rawValue)
        let available = KernelSet.available.map(\.name).joined(separator: ", ")
        table.add("kernels", "\(model.kernelName) (available: \(available))")
        table.add("threads", "\(threads)")
        table.add("version", libraryVersion)
        return table
    }
}
