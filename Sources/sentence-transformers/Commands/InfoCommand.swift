// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Prints what a model is made of and how it runs on this machine.
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
    var source: ModelOptions

    @OptionGroup(title: "Common options")
    var computing: ComputeOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup
    var kindOption: KindOption

    func run() throws {
        let pipeline = try source.loadPipeline(kindOption, computing.compute)
        let (model, details) = try Self.open(pipeline)
        let text = try json ? description(of: model, details).serialized() + "\n" : table(of: model, details).text
        try OutputTarget.print { $0.append(text) }
    }

    /// A property that only models of one kind have.
    private struct Detail {
        let key: String
        let value: JSONValue
        let title: String
        let text: String

        init(_ key: String, _ value: JSONValue, _ title: String, _ text: String) {
            self.key = key
            self.value = value
            self.title = title
            self.text = text
        }

        static func similarity(_ name: String) -> Detail {
            Detail("similarity_function", .string(name), "similarity", name)
        }
    }

    /// The model, and the properties of its kind.
    private static func open(_ pipeline: ModelPipeline) throws -> (any BaseModel, [Detail]) {
        switch pipeline.kind {
        case .sentenceTransformer:
            let model = try SentenceTransformer(pipeline: pipeline)
            let kept = model.truncateDimension.map { ", of which \($0) are kept" } ?? ""
            return (
                model,
                [
                    Detail(
                        "dimension", .int(model.embeddingDimension), "dimensions", "\(model.embeddingDimension)\(kept)"),
                    Detail("truncate_dim", model.truncateDimension.map(JSONValue.int) ?? .null, "", ""),
                    .similarity(model.similarityFunction.rawValue),
                ]
            )
        case .sparseEncoder:
            let model = try SparseEncoder(pipeline: pipeline)
            let kept = model.maximumActiveDimensions.map { ", at most \($0) not zero" } ?? ", most of them zero"
            return (
                model,
                [
                    Detail(
                        "dimension", .int(model.embeddingDimension), "dimensions", "\(model.embeddingDimension)\(kept)"),
                    Detail("max_active_dims", model.maximumActiveDimensions.map(JSONValue.int) ?? .null, "", ""),
                    .similarity(model.similarityFunction.rawValue),
                ]
            )
        case .multiVectorEncoder:
            let model = try MultiVectorEncoder(pipeline: pipeline)
            let size = model.embeddingDimension
            return (
                model,
                [
                    Detail("dimension", .int(size), "dimensions", "\(size) for each token"),
                    .similarity(model.similarityFunction.rawValue),
                ]
            )
        case .crossEncoder:
            let model = try CrossEncoder(pipeline: pipeline)
            let names = model.labelNames.isEmpty ? "" : ": " + model.labelNames.joined(separator: ", ")
            return (
                model,
                [
                    Detail("labels", .int(model.labelCount), "labels", "\(model.labelCount)\(names)"),
                    Detail("activation", .string(model.activation.rawValue), "activation", model.activation.rawValue),
                ]
            )
        }
    }

    private var threads: Int { computing.threads ?? Parallel.availableThreads }

    private func description(of model: any BaseModel, _ details: [Detail]) -> JSONValue {
        var values: JSONObject = [
            "model": .string(source.model),
            "kind": .string(model.pipeline.kind.rawValue),
            "folder": .string(model.directory.path),
            "modules": .array(
                model.pipeline.modules.map {
                    [
                        "type": .string(type(of: $0).className), "summary": .string($0.summary),
                        "parameters": .int($0.parameterCount),
                    ]
                }),
            "parameters": .int(model.parameterCount),
            "max_seq_length": model.maximumSequenceLength.map(JSONValue.int) ?? .null,
            "vocabulary_size": model.tokenizer.map { .int($0.vocabularySize) } ?? .null,
            "prompts": .object(model.pipeline.settings.prompts.mapValues(JSONValue.string)),
            "default_prompt_name": model.defaultPromptName.map(JSONValue.string) ?? .null,
            "compute": .string(model.computePrecision.rawValue),
            "kernels": .string(model.kernelName),
            "available_kernels": .array(KernelSet.available.map { .string($0.name) }),
            "threads": .int(threads),
            "version": .string(libraryVersion),
        ]
        for detail in details { values[detail.key] = detail.value }
        return .object(values)
    }

    private func table(of model: any BaseModel, _ details: [Detail]) throws -> Table {
        var table = Table()
        table.add("model", source.model)
        table.add("kind", model.pipeline.kind.rawValue)
        table.add("folder", model.directory.path)
        for (index, module) in model.pipeline.modules.enumerated() {
            table.add(index == 0 ? "modules" : "", "\(type(of: module).className): \(module.summary)")
        }
        table.add("parameters", model.parameterCount.grouped)
        table.add("longest text", model.maximumSequenceLength.map { "\($0) tokens" } ?? "any length")
        if let tokenizer = model.tokenizer {
            table.add("vocabulary", "\(tokenizer.vocabularySize.grouped) tokens")
        }
        for detail in details where !detail.title.isEmpty { table.add(detail.title, detail.text) }
        let prompts = model.pipeline.settings.prompts.sorted { $0.key < $1.key }
        for (index, (name, text)) in prompts.enumerated() {
            let isDefault = name.string == model.defaultPromptName ? " (default)" : ""
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
