// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import SentenceTensors
public import SentenceTransformers

extension ComputePrecision: ExpressibleByArgument {}

/// Options that name a model, which every verb needs.
struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of a model, or its name on the Hub.", valueName: "folder-or-name"))
    var model: String

    @Flag(help: "Print neither progress nor warnings.")
    var quiet = false

    @Flag(
        name: .customLong("no-mmap"),
        help: "Read weights into memory instead of mapping their files, which may then change while the model is used.")
    var readsWeights = false

    @OptionGroup
    var hub: HubOptions

    /// Loads the model as the given kind, or else as the kind that its files state.
    func loadPipeline(_ option: KindOption, _ compute: ComputePrecision) throws -> ModelPipeline {
        try Self.checkKernels()
        let loaded = try DownloadProgressBar(isQuiet: quiet).show { progress in
            try ModelPipeline(
                model, option.kind?.kind, hub.request(quiet: quiet, progress: progress), hub.cacheDirectory, compute,
                mapsWeights: !readsWeights)
        }
        warn(of: loaded)
        return loaded
    }

    /// Prints the warnings about a model.
    fileprivate func warn(of pipeline: ModelPipeline) {
        guard !quiet else { return }
        for warning in pipeline.warnings { Console.warn(warning) }
    }

    /// Loads the tokenizer without reading the weights.
    func loadTokenizer() throws -> ModelTokenizer {
        try Self.checkKernels()
        return try DownloadProgressBar(isQuiet: quiet).show { progress in
            try ModelTokenizer(
                named: model, request: hub.request(quiet: quiet, progress: progress), cacheDirectory: hub.cacheDirectory
            )
        }
    }

    /// Refuses an unknown name in `SENTENCE_KERNELS`, which the library would silently ignore.
    fileprivate static func checkKernels() throws {
        let variable = KernelSet.environmentVariable
        guard let name = System.environment(variable) else { return }
        let available = KernelSet.available.map(\.name)
        guard available.contains(name) else {
            throw Failure(
                "\(variable) asks for the kernels \"\(name)\", which this machine does not have; available: "
                    + available.joined(separator: ", "))
        }
    }
}

/// Options for how a model computes.
struct ComputeOptions: ParsableArguments {
    @Option(help: "The arithmetic of matrix products.")
    var compute: ComputePrecision = .float32

    @Option(
        help: ArgumentHelp("Threads to use. (default: all that the process may use)", valueName: "n"),
        transform: PositiveNumber.parse)
    var threads: Int?
}

/// The option that limits the tokens of a text.
struct LengthOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The most tokens of a text to use, including special ones. (default and maximum: the model's limit)",
            valueName: "n"), transform: PositiveNumber.parse)
    var maxLength: Int?
}

/// Options of every verb that runs texts through a model.
struct CommonOptions: ParsableArguments {
    @OptionGroup
    var source: ModelOptions

    @OptionGroup
    var computing: ComputeOptions

    @Option(
        help: ArgumentHelp(
            "Tokens that one thread computes at a time. (default: \(EncodeComputation.defaultBatchTokens))",
            valueName: "n"),
        transform: PositiveNumber.parse)
    var batchTokens: Int = EncodeComputation.defaultBatchTokens

    @OptionGroup
    var length: LengthOption

    /// Whether progress and warnings are not printed.
    var quiet: Bool { source.quiet }

    /// Adds these options to those of a call.
    func options<Options: CallOptions>(_ options: Options) -> Options {
        var options = options
        options.maximumSequenceLength = length.maxLength
        options.batchTokens = batchTokens
        options.threads = computing.threads
        return options
    }

    /// Loads the model as one of the given kind.
    func load<Model: BaseModel>(_ type: Model.Type = Model.self) throws -> Model {
        try ModelOptions.checkKernels()
        let hub = source.hub
        let loaded = try DownloadProgressBar(isQuiet: quiet).show { progress in
            try Model(
                pipeline: ModelPipeline(
                    source.model, Model.kind, hub.request(quiet: quiet, progress: progress), hub.cacheDirectory,
                    computing.compute, mapsWeights: !source.readsWeights))
        }
        source.warn(of: loaded.pipeline)
        return loaded
    }

    /// Loads the model as the given kind, or else as the kind that its files state.
    func loadPipeline(_ option: KindOption) throws -> ModelPipeline {
        try source.loadPipeline(option, computing.compute)
    }
}
