// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import SentenceTensors
public import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ComputePrecision: ExpressibleByArgument {}

/// What every verb takes.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of a model, or its name on the Hub.", valueName: "folder-or-name"))
    var model: String

    @Option(help: "The arithmetic of matrix products.")
    var compute: ComputePrecision = .float32

    @Option(
        help: ArgumentHelp("Threads to use. (default: all that the process may use)", valueName: "n"),
        transform: PositiveNumber.parse)
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Tokens that one thread computes at a time. (default: \(EncodeOptions.defaultBatchTokens))", valueName: "n"),
        transform: PositiveNumber.parse)
    var batchTokens: Int = EncodeOptions.defaultBatchTokens

    @Option(
        help: ArgumentHelp(
            "Tokens of a text that count, special ones included. (default and at most: the model's limit)",
            valueName: "n"), transform: PositiveNumber.parse)
    var maxLength: Int?

    @Flag(help: "Print neither progress nor warnings.")
    var quiet = false

    @OptionGroup
    var hub: HubOptions

    /// The options of `encode` that are here.
    var encodeOptions: EncodeOptions {
        EncodeOptions(maximumSequenceLength: maxLength, batchTokens: batchTokens, threads: threads)
    }

    /// Tokens of a text that count, by `--max-length` and by the model's own limit.
    func maximumLength(_ limit: Int?) -> Int? { [maxLength, limit].compactMap(\.self).min() }

    /// Loads the model as one of the given kind.
    func load<Model: BaseModel>(_ type: Model.Type = Model.self) throws -> Model {
        try Self.checkKernels()
        let loaded = try ProgressBar(isQuiet: quiet).showDownload { progress in
            try Model(
                pipeline: ModelPipeline(
                    model, Model.kind, hub.request(quiet: quiet, progress: progress), hub.cacheDirectory, compute))
        }
        warn(of: loaded.pipeline)
        return loaded
    }

    /// Loads the model as the kind that its files tell, or as the given one.
    func loadPipeline(_ option: KindOption) throws -> ModelPipeline {
        try Self.checkKernels()
        let loaded = try ProgressBar(isQuiet: quiet).showDownload { progress in
            try ModelPipeline(
                model, option.kind?.kind, hub.request(quiet: quiet, progress: progress), hub.cacheDirectory, compute)
        }
        warn(of: loaded)
        return loaded
    }

    /// Says what could surprise about a model.
    private func warn(of pipeline: ModelPipeline) {
        guard !quiet else { return }
        for warning in pipeline.warnings { Console.warn(warning) }
    }

    /// Loads what turns texts into tokens, and leaves the weights alone.
    func loadTokenizer() throws -> ModelTokenizer {
        try Self.checkKernels()
        return try ProgressBar(isQuiet: quiet).showDownload { progress in
            try ModelTokenizer(
                named: model, request: hub.request(quiet: quiet, progress: progress), cacheDirectory: hub.cacheDirectory
            )
        }
    }

    /// Refuses a name in `SENTENCE_KERNELS` that the library would pass over in silence.
    private static func checkKernels() throws {
        let variable = KernelSet.environmentVariable
        guard let name = ProcessInfo.processInfo.environment[variable], !name.isEmpty else { return }
        let available = KernelSet.available.map(\.name)
        guard available.contains(name) else {
            throw Failure(
                "\(variable) asks for the kernels \"\(name)\", which this machine does not have; available: "
                    + available.joined(separator: ", "))
        }
    }
}
