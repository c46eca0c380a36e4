// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The folder of one module, which may not exist.
package struct ModuleFolder: Sendable {
    /// The location of the folder.
    package let url: URL
    /// The number of routers in which the folder is nested.
    private let depth: Int

    /// The folder of a model, or of a module outside any router.
    package init(_ url: URL) { self.init(url, depth: 0) }

    private init(_ url: URL, depth: Int) {
        self.url = url
        self.depth = depth
    }

    /// The maximum nesting of routers; folders that link to each other would otherwise recurse forever.
    private static let greatestDepth = 8

    /// The folder of a module that the router in this folder names.
    func routed(to name: String) throws -> ModuleFolder {
        guard depth < Self.greatestDepth else {
            throw CheckpointError(
                .unsupported, file: url.lastPathComponent, "more than \(Self.greatestDepth) routers are nested")
        }
        return ModuleFolder(try subfolder(name).url, depth: depth + 1)
    }

    /// The folder at a relative path, which must lie inside this one; this folder itself if the path is empty.
    func subfolder(_ path: String) throws -> ModuleFolder {
        let inside = path.withoutIdleParts
        guard !path.utf8.starts(with: "/".utf8), !path.contains(":"), inside.isEmpty || inside.isRelativePath else {
            throw CheckpointError(
                .invalidConfig, file: url.lastPathComponent,
                "module path \"\(path)\": expected a folder inside the model's")
        }
        return ModuleFolder(
            inside.isEmpty ? url : url.appending(path: inside, directoryHint: .isDirectory), depth: depth)
    }

    /// Whether the folder contains a file.
    func contains(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appending(path: file).path)
    }

    /// Reads a file with a JSON object; an optional file that is missing gives an empty object.
    ///
    /// - Throws: ``CheckpointError``, also if there are keys that are not `known`.
    func config(
        _ file: String = "config.json", isOptional: Bool = false, known: KnownKeys? = nil
    ) throws -> ModelConfig {
        let name = url.lastPathComponent + "/" + file
        if isOptional, !contains(file) { return ModelConfig(name: name, values: [:]) }
        let config = try ModelConfig(url: url.appending(path: file), name: name)
        try known?.check(config)
        return config
    }

    /// The text of a file, in UTF-8; the file must exist.
    func text(_ file: String) throws -> String {
        let mapped = try MappedFile(url: url.appending(path: file), name: url.lastPathComponent + "/" + file)
        return withExtendedLifetime(mapped) { String(decoding: mapped.bytes, as: UTF8.self) }
    }

    /// Loads the given tensors from the module's weights, which must hold no others except `ignored` ones.
    ///
    /// - Throws: ``CheckpointError`` that lists all tensors that are missing, unexpected, or of the wrong shape or
    ///   type.
    func parameters(
        _ shapes: [(name: String, shape: [Int])], ignoring ignored: Set<String> = []
    ) throws -> [Parameter] {
        let checkpoint = try Checkpoint(directory: url)
        var report = WeightReport(file: url.lastPathComponent + "/" + checkpoint.name)
        for (name, shape) in shapes {
            guard let entry = checkpoint.entry(named: name) else {
                report.addMissing(name)
                continue
            }
            if entry.shape != shape { report.addWrongShape(name, found: entry.shape, expected: shape) }
            if !entry.elementType.isFloatingPoint {
                report.addWrongElementType(name, found: entry.elementType, expected: .float32)
            }
        }
        let known = ignored.union(shapes.map(\.name))
        for name in checkpoint.names where !known.contains(name) { report.addUnexpected(name) }
        try report.throwIfNotEmpty()
        return try shapes.map { Parameter(try checkpoint.tensor(named: $0.name)) }
    }
}
