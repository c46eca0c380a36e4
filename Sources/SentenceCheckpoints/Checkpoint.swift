// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The weights of a model: one map from names to tensors, whether they lie in one file or in several.
package struct Checkpoint: Sendable {
    package typealias Entry = SafetensorsHeader.Entry

    /// What messages call the checkpoint: the name of its file, or of its index.
    package let name: String
    /// The names of all tensors, sorted.
    package let names: [String]
    private let files: [SafetensorsFile]
    /// Which of `files` holds a tensor.
    private let fileIndices: [String: Int]

    /// Opens the weights in a model folder: `model.safetensors`, else `model.safetensors.index.json` and the
    /// files that it names.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound` (also for a missing shard), `unsupported` (only a
    ///   PyTorch pickle is there), `mismatch` (index and shards disagree), or as ``SafetensorsFile`` throws.
    package init(directory: URL) throws {
        let single = directory.appending(path: "model.safetensors")
        let index = directory.appending(path: ShardIndex.fileName)
        if Self.exists(single) {
            try self.init(file: single)
        } else if Self.exists(index) {
            try self.init(index: index, directory: directory)
        } else {
            throw Self.noWeights(in: directory)
        }
    }

    /// Opens a single safetensors file.
    ///
    /// - Throws: ``CheckpointError`` as ``SafetensorsFile`` throws.
    package init(file url: URL) throws {
        let file = try SafetensorsFile(url: url)
        self.init(name: file.name, files: [file])
    }

    private init(index: URL, directory: URL) throws {
        let shards = try ShardIndex(url: index).tensorNames.sorted { $0.key.precedesByBytes($1.key) }
        let absent = shards.map(\.key).filter { !Self.exists(directory.appending(path: $0)) }
        guard absent.isEmpty else {
            throw CheckpointError(
                .notFound, file: ShardIndex.fileName,
                "\(absent.count) of \(shards.count) listed files are missing: \(absent.joined(separator: ", ")); "
                    + "the download may be incomplete")
        }
        let files = try shards.map { try SafetensorsFile(url: directory.appending(path: $0.key), name: $0.key) }
        var report = WeightReport(file: ShardIndex.fileName)
        for (shard, file) in zip(shards, files) {
            let found = Set(file.names)
            for name in shard.value.subtracting(found).sorted() { report.addMissing("\(name) in \(file.name)") }
            for name in found.subtracting(shard.value).sorted() { report.addUnexpected("\(name) in \(file.name)") }
        }
        try report.throwIfNotEmpty()
        self.init(name: ShardIndex.fileName, files: files)
    }

    private init(name: String, files: [SafetensorsFile]) {
        self.name = name
        self.files = files
        var fileIndices: [String: Int] = [:]
        for (index, file) in files.enumerated() {
            for name in file.names { fileIndices[name] = index }
        }
        self.fileIndices = fileIndices
        self.names = fileIndices.keys.sorted { $0.precedesByBytes($1) }
    }

    package func contains(_ name: String) -> Bool { fileIndices[name] != nil }

    /// Type and shape of a tensor.
    package func entry(named name: String) -> Entry? {
        fileIndices[name].flatMap { files[$0].entry(named: name) }
    }

    /// A tensor that looks at the bytes in its file; they may be unaligned (see ``SafetensorsFile/tensor(named:)``).
    ///
    /// - Throws: ``CheckpointError`` with code `mismatch` if there is no such tensor.
    package func tensor(named name: String) throws -> Tensor {
        guard let index = fileIndices[name] else {
            throw CheckpointError(.mismatch, file: self.name, "there is no tensor \(name.quoted)")
        }
        return try files[index].tensor(named: name)
    }

    /// Gives back the memory of a tensor that will not be read soon; reading it again is allowed.
    package func discardPages(ofTensorNamed name: String) {
        if let index = fileIndices[name] { files[index].discardPages(ofTensorNamed: name) }
    }

    private static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

    private static func noWeights(in directory: URL) -> CheckpointError {
        for pickle in ["pytorch_model.bin", "pytorch_model.bin.index.json"]
        where exists(directory.appending(path: pickle)) {
            return CheckpointError(
                .unsupported, file: pickle,
                "this version does not read PyTorch pickles; load the model in \(directory.path) with the Python "
                    + "library and save it again, which writes model.safetensors")
        }
        return CheckpointError(
            .notFound, "no weights in \(directory.path): expected model.safetensors or \(ShardIndex.fileName)")
    }
}
