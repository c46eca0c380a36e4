// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Several models, or a model and an adapter, to one model.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge an adapter into its model, or the weights of several models into one.",
        usage: """
            sentence-transformers merge --model <name> [--adapter <folder>] --output <folder>
            sentence-transformers merge --model <name> --model <name> … [--method <method>] --output <folder>
            """,
        discussion: """
            Models must have been trained from the same one. Tokenizer, prompts and settings are those of the first.

            Examples:
              sentence-transformers merge --model all-MiniLM-L6-v2 --adapter trained --output merged
              sentence-transformers merge --model a --model b --weights 0.7 --weights 0.3 --output merged
              sentence-transformers merge --model a --model b --method slerp --t 0.4 --output merged
            """)

    /// How weights are combined.
    enum Method: String, ExpressibleByArgument, CaseIterable {
        case linear, slerp
    }

    @Option(
        help: ArgumentHelp(
            "The folder of a model or of its adapter, or its name on the Hub; may be given several times.",
            valueName: "folder-or-name"))
    var model: [String]

    @Option(help: ArgumentHelp("The folder of an adapter for the model.", valueName: "folder"))
    var adapter: String?

    @Option(help: "How the weights of several models are combined.")
    var method: Method = .linear

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("With linear, how much each model counts. (default: all the same)", valueName: "number"))
    var weights: [Double] = []

    @Option(
        name: .customLong("t"),
        help: ArgumentHelp("With slerp, where between the models: 0 is the first, 1 the second.", valueName: "share"))
    var fraction: Double?

    @Option(help: "How weights are stored; as they are if not given.")
    var dtype: WeightType?

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var output: String

    @OptionGroup
    var kindOption: KindOption

    @OptionGroup
    var loading: LoadingOptions

    func validate() throws {
        guard model.count == 1 || adapter == nil else {
            throw ValidationError("--adapter changes one --model; merge it first, then merge the models")
        }
        if method == .slerp, !weights.isEmpty {
            throw ValidationError("--weights belong to --method linear; slerp takes --t")
        }
        if method == .linear, fraction != nil { throw ValidationError("--t belongs to --method slerp") }
    }

    func run() throws {
        let folder = try ModelFolder(output)
        let models = try model.map { try loading.pipeline($0, kindOption.kind?.kind, .float32Highest).model() }
        if let adapter {
            let adapted = try models[0].loadingAdapter(from: URL(filePath: adapter, directoryHint: .isDirectory))
            return try folder.save(adapted.mergingAdapter(), dtype)
        }
        guard models.count > 1 else {
            guard models[0].adapter != nil else {
                throw Failure("\(model[0]) has no adapter; give --adapter, or several models")
            }
            return try folder.save(models[0].mergingAdapter(), dtype)
        }
        try folder.save(merged(models[0], with: Array(models.dropFirst())), dtype)
    }

    private func merged<Model: BaseModel>(_ first: Model, with others: [any BaseModel]) throws -> Model {
        let same = others.compactMap { $0 as? Model }
        guard same.count == others.count else {
            throw Failure("the models are of several kinds; only models of one kind can be merged")
        }
        let method: MergeMethod =
            switch method {
            case .linear: .linear(weights: weights.isEmpty ? nil : weights)
            case .slerp: .slerp(fraction: fraction ?? 0.5)
            }
        return try mergeModels([first] + same, by: method)
    }
}
