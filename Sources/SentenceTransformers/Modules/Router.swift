// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors
package import SentenceTokenizers

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Routes through a model by task, such as a small one for queries and a large one for documents.
///
/// A model replaces each router by the modules of the task's route (``flattened(_:for:)``) before it computes.
package struct Router: Module {
    package static let className = "Router"
    package static let typeName = "sentence_transformers.base.modules.router.Router"

    private let config: RouterConfig
    /// Every module by the name of its folder.
    private var modules: [ExactString: any Module]

    package init(folder: ModuleFolder) throws {
        let config = try RouterConfig(folder)
        self.config = config
        modules = Dictionary(
            uniqueKeysWithValues: try config.types.map { name, type in
                (name, try ModuleRegistry.module(named: type, in: folder.routed(to: name.string)))
            })
    }

    private init(_ config: RouterConfig, _ modules: [ExactString: any Module]) {
        self.config = config
        self.modules = modules
    }

    package func ready(with tokenizer: Tokenizer?) -> Router {
        Router(config, modules.mapValues { $0.ready(with: tokenizer) })
    }

    /// A list of modules in which every router is replaced by its route for a task.
    ///
    /// - Throws: ``SentenceTransformersError`` if a router has no route for the task.
    static func flattened(_ modules: [any Module], for task: EncodingTask?) throws -> [any Module] {
        try modules.flatMap { module in
            guard let router = module as? Router else { return [module] }
            return try flattened(router.config.route(for: task).compactMap { router.modules[$0] }, for: task)
        }
    }

    /// The folder and the type of the first module for texts without a task, found without loading weights.
    static func input(of folder: ModuleFolder) throws -> (ModuleFolder, any Module.Type) {
        let config = try RouterConfig(folder)
        let name = try config.route(for: nil)[0]
        let type = try ModuleRegistry.type(named: config.types[name] ?? "")
        let folder = try folder.routed(to: name)
        return type is Router.Type ? try input(of: folder) : (folder, type)
    }

    package func save(to folder: URL) throws {
        for (name, module) in modules {
            let target = folder.appending(path: name.string, directoryHint: .isDirectory)
            try AtomicFile.createFolder(target)
            try module.save(to: target)
        }
        try config.description(types: modules.mapValues { type(of: $0).typeName })
            .write(to: folder.appending(path: RouterConfig.file))
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        let tasks: [EncodingTask?] = [nil, .document, .query]
        let route = tasks.lazy.compactMap { try? Router.flattened([self], for: $0) }.first
        return try (route ?? Router.flattened([self], for: nil)).reduce(sizes) { try $1.sizes(after: $0) }
    }

    package func callAsFunction(_ features: inout Features) throws {
        for module in try Router.flattened([self], for: features.call.task) { try module(&features) }
    }

    package var parameters: [NamedParameter] {
        modules.sorted { $0.key < $1.key }.flatMap { name, module in
            module.parameters.map { $0.inside(name.string) }
        }
    }

    package mutating func update(_ values: ParameterValues) {
        for name in modules.keys { modules[name]?.update(values) }
    }

    package mutating func setWeightType(_ type: WeightType) throws {
        for name in modules.keys { try modules[name]?.setWeightType(type) }
    }

    package var summary: String {
        config.routes.sorted { $0.key < $1.key }.map { route, names in
            "\(route): " + names.compactMap { modules[$0].map { type(of: $0).className } }.joined(separator: " + ")
        }.joined(separator: "; ")
    }
}
