// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import SentenceFiles

/// The modules of a model and their folders, as listed in `modules.json` and by the routers among them.
struct ModuleFolders {
    struct Module {
        /// Relative to the model's own folder, which is "".
        let folder: String
        /// The last component of its class name, such as `Transformer`; empty if no file states it.
        let className: String
        /// The file that lists the folder; nil for the model's own.
        let namedBy: String?

        /// Whether the module reads no files; its folder is then often missing, since Git does not keep empty folders.
        var needsNoFiles: Bool { ["Normalize", "Dropout"].contains(className) }
        /// Whether the module has weights and a tokenizer.
        var isTransformer: Bool { className.hasSuffix("Transformer") }
        var isRouter: Bool { className == "Router" || className == "Asym" }
    }

    static let modulesFile = "modules.json"
    static let routerFile = "router_config.json"
    /// More than any model has; routers in a damaged cache may refer to each other in circles.
    private static let largestCount = 1000

    /// All modules, the model's own folder first.
    let modules: [Module]

    /// Follows the files that list folders.
    ///
    /// - Parameter read: Returns the content of a file of the model; nil if it does not exist.
    init(read: (String) throws -> Data?) rethrows {
        let named = try read(Self.modulesFile).map(Self.entries(ofModules:)) ?? []
        let own = named.first { $0.folder.isEmpty }?.className ?? ""
        var found = [Module(folder: "", className: own, namedBy: nil)]
        found += named.filter { $0.folder.isRelativePath }
            .map { Module(folder: $0.folder, className: $0.className, namedBy: Self.modulesFile) }
        var next = 0
        while next < found.count, found.count < Self.largestCount {
            let module = found[next]
            next += 1
            let files = module.isRouter ? [Self.routerFile, "config.json"] : [Self.routerFile]
            for file in files.map(module.folder.appendingPath) {
                guard let data = try read(file) else { continue }
                found += Self.types(ofRouter: data).filter { $0.folder.isRelativePath }.map {
                    Module(folder: module.folder.appendingPath($0.folder), className: $0.className, namedBy: file)
                }
                break
            }
        }
        modules = found
    }

    private static func entries(ofModules data: Data) -> [(folder: String, className: String)] {
        (JSONValue(reading: data)?.asArray ?? []).compactMap { entry in
            guard let entry = entry.asObject, let path = entry["path"]?.asString else { return nil }
            return (path, lastPart(entry["type"]?.asString ?? ""))
        }
    }

    private static func types(ofRouter data: Data) -> [(folder: String, className: String)] {
        let types = JSONValue(reading: data)?.asObject?["types"]?.asObject ?? [:]
        return types.sorted { $0.key < $1.key }.map { ($0.key.string, lastPart($0.value.asString ?? "")) }
    }

    private static func lastPart(_ name: String) -> String { name.split(separator: ".").last.map(String.init) ?? "" }
}

extension JSONValue {
    /// The document in some bytes; nil if they are malformed, which is reported better when the file is loaded.
    init?(reading data: Data) {
        guard let value = try? data.withUnsafeBytes({ try JSONValue(parsing: $0) }) else { return nil }
        self = value
    }
}
