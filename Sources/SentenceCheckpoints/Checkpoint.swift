// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The weights of a model: a map from names to tensors, whether they are stored in one file or several.
package struct Checkpoint: Sendable {
    /// The name of the checkpoint in messages: that of its file, or of its index.
    package let name: String
    /// The names of all tensors, sorted.
    package let names: [String]
    /// What the files contain besides readable tensors, by name, with a description of each; nothing reads it.
    package let unreadable: [ExactString: String]
    private let files: [any WeightFile]
    /// The index in `files` of the file that holds each tensor.
    private let fileIndices: [ExactString: Int]

    /// The files that can hold the weights of a folder, best first; each may also be split into files with an index.
    private static let fileNames = ["model.safetensors", "pytorch_model.bin"]

    /// Opens the weights in a model folder.
    ///
    /// `model.safetensors` is preferred, then `model.safetensors.index.json` with the files that it names, then the
    /// same for `pytorch_model.bin`.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound` (also for a missing shard), `mismatch` (index and shards
    ///   disagree), or as ``SafetensorsFile`` and ``PyTorchFile`` throw.
    package init(directory: URL) throws {
        for name in Self.fileNames {
            let single = directory.appending(path: name)
            let index = "\(name).index.json"
            if Self.exists(single) {
                try self.init(file: single)
                return
            }
            if Self.exists(directory.appending(path: index)) {
                try self.init(index: index, directory: directory)
                return
            }
        }
        try Self.refuseAdapter(directory)
        throw CheckpointError(
            .notFound,
            "no weights in \(directory.path): expected model.safetensors or pytorch_model.bin, or one of them in parts "
                + "with an index (.index.json)")
    }

    /// Throws a specific error if the folder holds only an adapter, which the reference would apply to its base model.
    private static func refuseAdapter(_ directory: URL) throws {
        let name = "adapter_config.json"
        guard exists(directory.appending(path: name)) else { return }
        let config = try ModelConfig(url: directory.appending(path: name))
        let base = try config.optionalString("base_model_name_or_path").map { " of \($0.quoted)" } ?? ""
        let kind = try config.optionalString("peft_type").map { "\($0) adapter" } ?? "adapter"
        throw CheckpointError(
            .unsupported, file: name,
            "\(directory.path) holds only the \(kind)\(base), which this version does not put on its base; merge both in "
                + "Python (merge_and_unload) and save the model")
    }

    /// Opens a single file: PyTorch's format if its name ends in `.bin`, `.pt` or `.pth`, otherwise safetensors.
    ///
    /// - Throws: ``CheckpointError`` as ``SafetensorsFile`` and ``PyTorchFile`` throw.
    package init(file url: URL) throws {
        let file = try Self.open(url)
        self.init(name: file.name, files: [file])
    }

    private static func open(_ url: URL, name: String? = nil) throws -> any WeightFile {
        ["bin", "pt", "pth"].contains(url.pathExtension)
            ? try PyTorchFile(url: url, name: name) : try SafetensorsFile(url: url, name: name)
    }

    private init(index: String, directory: URL) throws {
        let shards = try ShardIndex(url: directory.appending(path: index)).tensorNames
            .sorted { $0.key < $1.key }
        let absent = shards.map(\.key.string).filter { !Self.exists(directory.appending(path: $0)) }
        guard absent.isEmpty else {
            throw CheckpointError(
                .notFound, file: index,
                "\(absent.count) of \(shards.count) listed files are missing: \(absent.joined(separator: ", ")); "
                    + "the download may be incomplete")
        }
        let files = try shards.map { try Self.open(directory.appending(path: $0.key.string), name: $0.key.string) }
        var report = WeightReport(file: index)
        for (shard, file) in zip(shards, files) {
            let found = Set(exact: file.names).union(file.unreadable.keys)
            for name in shard.value.subtracting(found).sortedStrings { report.addMissing("\(name) in \(file.name)") }
            for name in found.subtracting(shard.value).sortedStrings { report.addUnexpected("\(name) in \(file.name)") }
        }
        report.warnOfUnexpected()
        try report.throwIfNotEmpty()
        self.init(name: index, files: files)
    }

    private init(name: String, files: [any WeightFile]) {
        self.name = name
        self.files = files
        var fileIndices: [ExactString: Int] = [:]
        for (index, file) in files.enumerated() {
            for name in file.names { fileIndices[name] = index }
        }
        self.fileIndices = fileIndices
        unreadable = files.reduce(into: [:]) { all, file in all.merge(file.unreadable) { $1 } }
        self.names = fileIndices.keys.sortedStrings
    }

    /// Whether there is a tensor with this name.
    package func contains(_ name: String) -> Bool { fileIndices[name] != nil }

    /// The type and shape of a tensor.
    package func entry(named name: String) -> TensorDescription? {
        fileIndices[name].flatMap { files[$0].description(ofTensorNamed: name) }
    }

    /// A tensor over the bytes in its file, which may be unaligned (see ``SafetensorsFile``).
    ///
    /// - Throws: ``CheckpointError`` with code `mismatch` if there is no such tensor.
    package func tensor(named name: String) throws -> Tensor {
        guard let index = fileIndices[name] else {
            throw CheckpointError(.mismatch, file: self.name, "there is no tensor \(name.quoted)")
        }
        return try files[index].tensor(named: name)
    }

    private static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
}
