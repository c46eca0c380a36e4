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

/// What a model of any kind consists of: modules in the order in which they run, and the settings beside them.
///
/// Copies share the modules.
public struct ModelPipeline: Sendable {
    /// What the model makes of texts.
    public let kind: ModelKind
    /// The folder that the model was loaded from.
    public let directory: URL
    /// The arithmetic that the model was loaded for.
    public let computePrecision: ComputePrecision
    /// What the files of the model, or its maker, set for all modules.
    package var settings: ModelSettings
    /// The modules in their order, routers among them.
    package private(set) var modules: [any Module]
    let kernels: KernelSet
    /// What was read and could surprise, in one line each; nothing of it stopped the model from loading.
    public let warnings: [String]

    /// Reads the folder of a model of the given kind, or of the one that its files tell.
    ///
    /// With `mapsWeights` the weights stay in their files, which must then not be changed in place while the model is
    /// used (`SIGBUS`); without, they are read into memory as a whole.
    /// The warnings come after those that there are already.
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

    /// The modules that texts of a task run through.
    ///
    /// - Throws: ``SentenceTransformersError`` if there is no route for the task, or none that begins with texts.
    package func route(for task: EncodingTask?) throws -> ModelRoute {
        let modules = try Router.flattened(modules, for: task)
        guard let input = modules.first as? any InputModule else {
            throw SentenceTransformersError(
                .unsupportedModel, "the model in \(directory.path) does not begin with a module that reads texts")
        }
        return ModelRoute(input: input, modules: modules)
    }

    /// The ways that texts of any task take, that of no task first, where there is one for them.
    var routes: [ModelRoute] {
        get throws {
            let hasRouter = modules.contains { $0 is Router }
            guard hasRouter else { return [try route(for: nil)] }
            let tasks: [EncodingTask?] = [nil, .document, .query]
            let routes = tasks.compactMap { try? route(for: $0) }
            return routes.isEmpty ? [try route(for: nil)] : routes
        }
    }

    /// The sizes of what the modules produce; the same for all routes.
    ///
    /// - Throws: ``SentenceTransformersError`` if modules do not fit each other, or routes do not end alike.
    func sizes(of feature: FeatureName) throws -> Int? {
        let sizes = try routes.map { try $0.sizes()[feature] }
        guard Set(sizes).count == 1 else {
            throw SentenceTransformersError(
                .mismatchedModules, "the routes of the model in \(directory.path) end with different sizes: \(sizes)")
        }
        return sizes[0]
    }

    /// Writes the model into a folder from which this library and the Python library load it again.
    package func save(_ kind: ModelKind, to directory: URL) throws {
        try AtomicFile.createFolder(directory)
        try settings.save(kind, to: directory)
        try ModulesFile.save(modules, to: directory)
    }
}

/// The modules that texts of one task run through.
package struct ModelRoute: Sendable {
    /// The first of the modules.
    package let input: any InputModule
    /// All modules; no routers are among them.
    package let modules: [any Module]

    /// Whether tokens run through layers, and do not only look vectors up.
    package var hasLayers: Bool { modules.contains { $0 is Transformer || $0 is LSTM || $0 is CNN } }

    /// The forward pass: runs all modules over the features of a micro-batch, with gradients where they are recorded.
    package func callAsFunction(_ features: inout Features) throws {
        for (index, module) in modules.enumerated() {
            // In training each module draws random numbers of its own.
            try Execution.at(place: index) { try module(&features) }
        }
    }

    /// The sizes of what the last module produces.
    func sizes() throws -> FeatureSizes {
        try modules.reduce(FeatureSizes()) { try $1.sizes(after: $0) }
    }
}

extension ModelPipeline: Trainable {
    /// What all modules learn, by the number of the module and the name in its files.
    package var parameters: [NamedParameter] {
        modules.enumerated().flatMap { index, module in module.parameters.map { $0.inside("\(index)") } }
    }

    package mutating func update(_ values: ParameterValues) {
        // Layers pack their weights for the arithmetic that they were loaded for.
        Execution.with(
            kernels: kernels, precision: computePrecision.precision, threads: Parallel.availableThreads
        ) {
            for index in modules.indices { modules[index].update(values) }
        }
    }
}
