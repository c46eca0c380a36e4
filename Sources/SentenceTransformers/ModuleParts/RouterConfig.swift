// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

/// `router_config.json`: the modules of a router, and the route of each task through them.
struct RouterConfig: Sendable {
    static let file = "router_config.json"

    /// The class name of each module, by the name of its folder.
    let types: [ExactString: String]
    /// The folders of each route's modules, in the order in which they run; routes may share modules.
    let routes: [ExactString: [String]]
    let defaultRoute: String?
    private let parameters: ModelConfig
    private let mappings: [RouteKey: String]

    init(_ folder: ModuleFolder) throws {
        let config = try folder.config(folder.contains(Self.file) ? Self.file : "config.json")
        try KnownKeys.router.check(config)
        let typeNames = try config.object("types")
        let types = Dictionary(
            uniqueKeysWithValues: try typeNames.keys.map { (ExactString($0), try typeNames.string($0)) })
        let structure = try config.object("structure")
        let routes = Dictionary(
            uniqueKeysWithValues: try structure.keys.map { (ExactString($0), try structure.strings($0)) })
        guard !routes.isEmpty else { throw config.error("structure", "expected at least one route") }
        for names in routes.values where names.isEmpty || !names.allSatisfy({ types[$0] != nil }) {
            throw config.error("structure", "expected routes of modules that \"types\" has, found \(names)")
        }
        for name in types.keys.sortedStrings where !name.isRelativePath || name.contains(":") {
            throw typeNames.error(name, "expected the name of a folder inside the router's")
        }
        let parameters = try config.optionalObject("parameters") ?? ModelConfig(name: config.name, values: [:])
        try KnownKeys.routerParameters.check(parameters)
        self.types = types
        self.routes = routes
        self.parameters = parameters
        mappings = try Self.mappings(parameters, routes)
        defaultRoute = try Self.defaultRoute(parameters, routes)
    }

    /// The default route named in the file; without a name, the first route if that is allowed.
    ///
    /// Objects of JSON have no order, so the first is that of documents, else the first by name.
    private static func defaultRoute(_ parameters: ModelConfig, _ routes: [ExactString: [String]]) throws -> String? {
        if let name = try parameters.optionalString("default_route") {
            guard routes[name] != nil else {
                throw parameters.error("default_route", "expected one of the routes: \(routes.keys.sortedStrings)")
            }
            return name
        }
        guard try parameters.bool("allow_empty_key", default: true) else { return nil }
        return routes["document"] != nil ? "document" : routes.keys.sortedStrings.first
    }

    /// Reads `route_mappings`, whose keys are pairs of task and modality in Python's notation.
    private static func mappings(
        _ parameters: ModelConfig, _ routes: [ExactString: [String]]
    ) throws -> [RouteKey: String] {
        var mappings: [RouteKey: String] = [:]
        for (key, value) in try parameters.optionalObject("route_mappings")?.values ?? [:] {
            guard let route = value.asString, routes[route] != nil else {
                throw parameters.error("route_mappings", "expected routes among \(routes.keys.sortedStrings)")
            }
            // Keys of several modalities never apply to texts.
            guard let key = RouteKey(printed: key.string) else { continue }
            mappings[key] = route
        }
        return mappings
    }

    /// The folders of the modules that texts of a task run through.
    ///
    /// - Throws: ``SentenceTransformersError`` if there is no route for the task.
    func route(for task: EncodingTask?) throws -> [String] {
        let text = "text", name = task?.rawValue
        let keys = [
            RouteKey(task: name, modality: text), RouteKey(task: name, modality: nil),
            RouteKey(task: nil, modality: text), RouteKey(task: nil, modality: nil),
        ]
        let mapped = keys.lazy.compactMap { mappings[$0] }.first
        let named = mapped ?? [name, text].compactMap(\.self).first { routes[$0] != nil }
        guard let route = named ?? (task == nil ? defaultRoute : nil), let names = routes[route] else {
            let requested = task.map { "the task \"\($0.rawValue)\"" } ?? "texts without a task"
            throw SentenceTransformersError(
                .invalidArgument,
                "the model has no route for \(requested); it has: \(routes.keys.sortedStrings.joined(separator: ", "))")
        }
        return names
    }

    /// The contents of the file as the reference writes it, for modules of the given classes.
    func description(types: [ExactString: String]) -> JSONValue {
        var parameters = parameters.values
        parameters["default_route"] = defaultRoute.map(JSONValue.string) ?? .null
        return [
            "types": .object(types.mapValues(JSONValue.string)),
            "structure": .object(routes.mapValues { .array($0.map(JSONValue.string)) }),
            "parameters": .object(parameters),
        ]
    }
}

/// A task and a modality; nil stands for any.
private struct RouteKey: Hashable, Sendable {
    let task: String?
    let modality: String?

    init(task: String?, modality: String?) {
        self.task = task
        self.modality = modality
    }

    /// Parses `('query', 'text')` or `(None, 'text')`; nil for anything else.
    init?(printed key: String) {
        guard key.hasPrefix("("), key.hasSuffix(")") else { return nil }
        let parts = key.dropFirst().dropLast().split(separator: ",").map { part in part.drop { $0 == " " } }
        guard parts.count == 2, let task = Self.name(parts[0]), let modality = Self.name(parts[1]) else { return nil }
        self.init(task: task, modality: modality)
    }

    /// Parses a quoted name or `None`: the inner nil stands for `None`, the outer nil for anything else.
    private static func name(_ part: Substring) -> String?? {
        if part == "None" { return .some(nil) }
        guard part.count > 2, let quote = part.first, quote == "'" || quote == "\"", part.last == quote else {
            return nil
        }
        return String(part.dropFirst().dropLast())
    }
}
