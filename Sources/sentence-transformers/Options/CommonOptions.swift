// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import SentenceTensors
public import SentenceTransformers

extension ComputePrecision: ExpressibleByArgument {}

/// Options for how models are loaded.
struct LoadingOptions: ParsableArguments {
    @Flag(help: "Print neither progress nor warnings.")
    var quiet = false

    @Flag(
        name: .customLong("no-mmap"),
        help: "Read weights into memory instead of mapping their files, which may then change while the model is used.")
    var readsWeights = false

    @OptionGroup
    var hub: HubOptions

    /// Loads a model as the given kind, or else as the kind that its files state, and prints its warnings.
    func pipeline(_ model: String, _ kind: ModelKind?, _ compute: ComputePrecision) throws -> ModelPipeline {
        try Self.checkKernels()
        return try NamedModel.pipeline(model, kind, compute, mapsWeights: !readsWeights, hub, quiet: quiet)
    }

    /// Refuses an unknown name in `SENTENCE_KERNELS`, which the library would silently ignore.
    static func checkKernels() throws {
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

/// Options that name a model, which most verbs need.
struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of a model, or its name on the Hub.", valueName: "folder-or-name"))
    var model: String

    @OptionGroup
    var loading: LoadingOptions

    /// Whether progress and warnings are not printed.
    var quiet: Bool { loading.quiet }

    /// Loads the model as the given kind, or else as the kind that its files state.
    func loadPipeline(_ option: KindOption, _ compute: ComputePrecision) throws -> ModelPipeline {
        try loading.pipeline(model, option.kind?.kind, compute)
    }

    /// Loads the tokenizer without reading the weights.
    func loadTokenizer() throws -> ModelTokenizer {
        try LoadingOptions.checkKernels()
        if model == NamedModel.builtIn { return try NamedModel.builtInTokenizer() }
        let hub = loading.hub
        return try DownloadProgressBar(isQuiet: quiet).show { progress in
            try ModelTokenizer(
                named: model, request: hub.request(quiet: quiet, progress: progress), cacheDirectory: hub.cacheDirectory
            )
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

/// Options for how texts are run through a model.
struct RunOptions: ParsableArguments {
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

    /// Adds these options to those of a call.
    func options<Options: CallOptions>(_ options: Options) -> Options {
        var options = options
        options.maximumSequenceLength = length.maxLength
        options.batchTokens = batchTokens
        options.threads = computing.threads
        return options
    }
}

/// Options of every verb that runs texts through a model.
struct CommonOptions: ParsableArguments {
    @OptionGroup
    var source: ModelOptions

    @OptionGroup
    var running: RunOptions

    /// Whether progress and warnings are not printed.
    var quiet: Bool { source.quiet }

    /// Adds these options to those of a call.
    func options<Options: CallOptions>(_ options: Options) -> Options { running.options(options) }

    /// Loads the model as one of the given kind.
    func load<Model: BaseModel>(_ type: Model.Type = Model.self) throws -> Model {
        try Model(pipeline: source.loading.pipeline(source.model, Model.kind, running.computing.compute))
    }

    /// Loads the model as the given kind, or else as the kind that its files state.
    func loadPipeline(_ option: KindOption) throws -> ModelPipeline {
        try source.loadPipeline(option, running.computing.compute)
    }
}
