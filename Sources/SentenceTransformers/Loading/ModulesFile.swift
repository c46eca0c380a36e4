// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `modules.json`: the modules of a model in the order in which they run.
enum ModulesFile {
    static let name = ModuleRegistry.file

    /// Reads the modules of a model folder; for a plain Hugging Face folder, creates those that the kind of model
    /// needs.
    ///
    /// - Parameters:
    ///   - directory: The model's folder.
    ///   - kind: The kind that the model is loaded as.
    ///   - colBERT: Settings of a multi-vector model that concern its modules.
    /// - Returns: The modules in their order.
    /// - Throws: ``CheckpointError``, ``TokenizerError`` or ``SentenceTransformersError``.
    static func load(from directory: URL, kind: ModelKind, _ colBERT: ColBERTSettings?) throws -> [any Module] {
        let modules =
            try ModuleFolder(directory).contains(name)
            ? listed(in: directory, colBERT) : PlainCheckpoint.modules(in: directory, kind: kind, colBERT)
        let tokenizer = modules.lazy.compactMap { ($0 as? any InputModule)?.tokenizer }.first
        return modules.map { $0.ready(with: tokenizer) }
    }

    /// The modules that the file lists, and those that PyLate's models have without listing them.
    private static func listed(in directory: URL, _ colBERT: ColBERTSettings?) throws -> [any Module] {
        let entries = try ModelConfig.list(url: directory.appending(path: name))
        var names: Set<ExactString> = []
        for name in try entries.compactMap({ try $0.optionalString("name") })
        where !names.insert(ExactString(name)).inserted {
            throw CheckpointError(
                .invalidConfig, file: Self.name,
                "two modules have the name \"\(name)\", of which the reference keeps only one; give each its own name")
        }
        return try entries.map { entry in
            try KnownKeys.modulesEntry.check(entry)
            return try ModuleRegistry.module(
                named: entry.string("type"), in: ModuleFolder(directory).subfolder(entry.string("path")),
                colBERT?.defaults ?? .init())
        } + (colBERT?.unnamedModules ?? [])
    }

    /// Writes the file of a model in Model2Vec's layout, whose embedding lies beside it.
    static func writeModel2Vec(normalizes: Bool, to directory: URL) throws {
        var entries: [JSONValue] = [
            ["idx": 0, "name": "0", "path": ".", "type": .string(StaticEmbedding.typeName)]
        ]
        if normalizes {
            let path = "1_\(Normalize.className)"
            try AtomicFile.createFolder(directory.appending(path: path))
            try Normalize().save(to: directory.appending(path: path))
            entries.append(["idx": 1, "name": "1", "path": .string(path), "type": .string(Normalize.typeName)])
        }
        try ModelSettings(.sentenceTransformer).save(.sentenceTransformer, to: directory)
        try JSONValue.array(entries).write(to: directory.appending(path: name))
    }

    /// Writes the modules, each into its folder, and then `modules.json`.
    static func save(_ modules: [any Module], to directory: URL) throws {
        var entries: [JSONValue] = []
        for (index, module) in modules.enumerated() {
            let path = index == 0 && type(of: module).isSavedInRoot ? "" : "\(index)_\(type(of: module).className)"
            let folder = path.isEmpty ? directory : directory.appending(path: path, directoryHint: .isDirectory)
            try AtomicFile.createFolder(folder)
            try module.save(to: folder)
            entries.append([
                "idx": .int(index), "name": .string("\(index)"), "path": .string(path),
                "type": .string(type(of: module).typeName),
            ])
        }
        try JSONValue.array(entries).write(to: directory.appending(path: name))
    }
}
