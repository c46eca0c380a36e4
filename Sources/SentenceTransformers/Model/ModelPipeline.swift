// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
package import SentenceFiles
package import SentenceTensors

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The modules of a model of any kind, in the order in which they run, with the model's settings.
///
/// Copies share the modules.
public struct ModelPipeline: Sendable {
    /// The kind of the model.
    public let kind: ModelKind
    /// The folder that the model was loaded from.
    public let directory: URL
    /// The precision of the model's matrix products.
    public let computePrecision: ComputePrecision
    /// The settings of the model as a whole, from its files or from whoever loaded it.
    package var settings: ModelSettings
    /// The modules in order, including routers.
    package private(set) var modules: [any Module]
    let kernels: KernelSet
    /// What is kept of the beginnings of texts for later calls, if anything is.
    var prefixCache: PrefixCache?
    /// Warnings about the model's files, one line each, none of which prevented loading.
    public let warnings: [String]

    /// Loads a model folder as the given kind; if nil, as the kind that its files indicate.
    ///
    /// With `mapsWeights` the weight files are mapped into memory and must not be changed in place while the model is
    /// used (`SIGBUS`); without it, they are read into memory completely. New warnings are appended to `warnings`.
    ///
    /// - Throws: ``CheckpointError``, ``TokenizerError`` or ``SentenceTransformersError``.
    package init(
        directory: URL, kind: ModelKind?, computePrecision: ComputePrecision, mapsWeights: Bool = true,
        overrides: ModelOverrides = .init(), warnings: Warnings = Warnings()
    ) throws {
        func load<R>(_ body: () throws -> R) throws -> R {
            try warnings.collect { try mapsWeights ? body() : MappedFile.reading(body) }
        }
        (self.kind, settings, modules) = try load {
            let kind = try kind ?? ModelKind(ofModelIn: directory)
            var settings = try ModelSettings(directory: directory, opensAs: kind)
            try PlainCheckpoint.check(settings, directory, opensAs: kind)
            let colBERT = kind == .multiVectorEncoder ? try ColBERTSettings(directory, settings) : nil
            settings.prompts.merge(colBERT?.prompts ?? [:]) { $1 }
            try overrides.change(&settings, of: kind)
            let modules = try Execution.with(
                precision: computePrecision.precision, threads: Parallel.availableThreads
            ) {
                try ModulesFile.load(from: directory, kind: kind, colBERT)
            }
            return (kind, settings, modules)
        }
        self.warnings = warnings.messages
        self.directory = directory
        self.computePrecision = computePrecision
        kernels = Execution.current.kernels
    }

    /// A model of modules that were made, and not loaded.
    ///
    /// - Parameters:
    ///   - modules: The modules in their order.
    ///   - kind: The kind of the model.
    ///   - directory: What is named as the model's folder.
    ///   - computePrecision: The precision that the modules were made with.
    package init(
        _ modules: [any Module], kind: ModelKind, directory: URL, computePrecision: ComputePrecision = .float32
    ) {
        self.kind = kind
        self.directory = directory
        self.computePrecision = computePrecision
        self.modules = modules
        settings = ModelSettings(kind)
        kernels = Execution.current.kernels
        warnings = []
    }

    /// The modules that texts of a task run through.
    ///
    /// - Throws: ``SentenceTransformersError`` if there is no route for the task, or its first module does not read
    ///   texts.
    package func route(for task: EncodingTask?) throws -> ModelRoute {
        let modules = try Router.flattened(modules, for: task)
        guard let input = modules.first as? any InputModule else {
            throw SentenceTransformersError(
                .unsupportedModel, "the model in \(directory.path) does not begin with a module that reads texts")
        }
        return ModelRoute(input: input, modules: modules)
    }

    /// The routes of all tasks that have one; that of texts without a task comes first.
    var routes: [ModelRoute] {
        get throws {
            let hasRouter = modules.contains { $0 is Router }
            guard hasRouter else { return [try route(for: nil)] }
            let tasks: [EncodingTask?] = [nil, .document, .query]
            let routes = tasks.compactMap { try? route(for: $0) }
            return routes.isEmpty ? [try route(for: nil)] : routes
        }
    }

    /// The size of a feature after the last module, which must be the same for all routes; nil if it is not produced.
    ///
    /// - Throws: ``SentenceTransformersError`` if modules do not fit together, or routes end with different sizes.
    func sizes(of feature: FeatureName) throws -> Int? {
        let sizes = try routes.map { try $0.sizes()[feature] }
        guard Set(sizes).count == 1 else {
            throw SentenceTransformersError(
                .mismatchedModules, "the routes of the model in \(directory.path) end with different sizes: \(sizes)")
        }
        return sizes[0]
    }

    /// Changes the transformer at the beginning of the model.
    ///
    /// - Throws: What `change` throws; ``SentenceTransformersError`` if there is none.
    mutating func changeTransformer(_ change: (inout Transformer) throws -> Void) throws {
        guard let index = modules.firstIndex(where: { $0 is Transformer }),
            var transformer = modules[index] as? Transformer
        else {
            throw SentenceTransformersError(
                .unsupportedModel,
                "the model in \(directory.path) has no transformer of its own, which alone can have an adapter")
        }
        try computing { try change(&transformer) }
        modules[index] = transformer
        prefixCache = prefixCache.map { PrefixCache(byteLimit: $0.byteLimit) }
    }

    /// Puts a layer at the end that gives the probabilities of classes with the given names.
    mutating func append(_ layer: Dense, labels: [String]) throws {
        settings.labels = labels
        // The reference's own settings have no place for names, the configuration of a network does.
        if var transformer = modules.first as? Transformer {
            try transformer.setLabels(labels)
            modules[0] = transformer
        }
        modules.append(layer)
    }

    /// Prepares all modules to be saved with weights of a type.
    mutating func setWeightType(_ type: WeightType) throws {
        for index in modules.indices { try modules[index].setWeightType(type) }
    }

    /// Runs `body`, in which layers pack their weights for the precision that the model was loaded with.
    private func computing<R>(_ body: () throws -> R) rethrows -> R {
        try Execution.with(
            kernels: kernels, precision: computePrecision.precision, threads: Parallel.availableThreads, body)
    }

    /// Saves the model to a folder from which both this library and the Python library can load it.
    package func save(_ kind: ModelKind, to directory: URL) throws {
        try AtomicFile.createFolder(directory)
        try settings.save(kind, to: directory)
        try ModulesFile.save(modules, to: directory)
    }
}

/// The modules that texts of one task run through.
package struct ModelRoute: Sendable {
    /// The first module.
    package let input: any InputModule
    /// All modules, with every router replaced by its route.
    package let modules: [any Module]

    /// The given modules, of which `input` is the first.
    package init(input: any InputModule, modules: [any Module]) {
        self.input = input
        self.modules = modules
    }

    /// Whether tokens run through layers, and do not only look vectors up.
    package var hasLayers: Bool { modules.contains { $0 is Transformer || $0 is LSTM || $0 is CNN } }

    /// About how many bytes training keeps of each token until its gradients are computed.
    package var tapeBytesPerToken: Int {
        modules.reduce(64) { $0 + (($1 as? Transformer)?.tapeBytesPerToken ?? 0) }
    }

    /// The forward pass: runs all modules over the features of a micro-batch, with gradients where they are recorded.
    ///
    /// - Parameters:
    ///   - features: The features, which each module transforms.
    ///   - first: Where to begin, if the features have been through some modules already.
    /// - Throws: What the modules throw.
    package func callAsFunction(_ features: inout Features, from first: Int = 0) throws {
        if first == 0 { features.tokensRead = tokensRead(features) }
        for (index, module) in modules.enumerated().dropFirst(first) {
            // In training the index makes each module draw different random numbers.
            try Execution.at(place: index) { try module(&features) }
        }
    }

    /// Runs the first module alone.
    package func first(_ features: inout Features) throws {
        try Execution.at(place: 0) { try input(&features) }
    }

    /// The sizes of the features after the last module.
    func sizes() throws -> FeatureSizes {
        try modules.reduce(FeatureSizes()) { try $1.sizes(after: $0) }
    }
}

extension ModelPipeline: Trainable {
    /// The parameters of all modules, named by the index of the module and the name in its files.
    package var parameters: [NamedParameter] {
        modules.enumerated().flatMap { index, module in module.parameters.map { $0.inside("\(index)") } }
    }

    package mutating func update(_ values: ParameterValues) {
        // Layers repack their weights for the precision that they were loaded with.
        Execution.with(
            kernels: kernels, precision: computePrecision.precision, threads: Parallel.availableThreads
        ) {
            for index in modules.indices { modules[index].update(values) }
            prefixCache = prefixCache.map { PrefixCache(byteLimit: $0.byteLimit) }
        }
    }
}
