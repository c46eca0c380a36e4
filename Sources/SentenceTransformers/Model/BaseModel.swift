// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
public import SentenceHub
import SentenceTensors
public import SentenceTokenizers

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A model of any kind: what ``SentenceTransformer``, ``CrossEncoder``, ``SparseEncoder`` and ``MultiVectorEncoder``
/// have in common.
///
/// A model does not change once it is loaded, and any number of tasks may use it at once. The result for a text has the
/// same bits whatever else is computed with it and on however many threads.
public protocol BaseModel: Sendable {
    /// The kind of model that this type opens.
    static var kind: ModelKind { get }
    /// The model's modules and settings.
    var pipeline: ModelPipeline { get }
    /// Takes a loaded pipeline.
    ///
    /// - Throws: ``SentenceTransformersError`` if its modules do not make a model of this kind.
    init(pipeline: ModelPipeline) throws
}

extension BaseModel {
    /// Loads a model by name or from a folder, without blocking the caller's thread.
    ///
    /// A name without "/" gets the prefix of its kind, such as `sentence-transformers/`, unless it is one of the classic
    /// names such as `bert-base-uncased`. A model that is not in the local Hugging Face cache is downloaded into it; one
    /// that is there is used as it is.
    ///
    /// - Parameters:
    ///   - nameOrPath: The name of a model on the Hub, or its folder.
    ///   - revision: A branch, tag, commit, or pull request (`refs/pr/1`); `main` if nil.
    ///   - cacheDirectory: The cache to use; that of `HF_HUB_CACHE` and `HF_HOME` if nil.
    ///   - token: Who asks the Hub; that of `HF_TOKEN` or the token file if nil.
    ///   - localFilesOnly: Whether to stay off the network, as with `HF_HUB_OFFLINE`.
    ///   - downloadProgress: Called now and then during a download, from any thread.
    ///   - computePrecision: The arithmetic of matrix products.
    /// - Throws: ``HubError``, ``CheckpointError``, ``TokenizerError`` or ``SentenceTransformersError``, each in one
    ///   line that says what is wrong with which file.
    public init(
        _ nameOrPath: String, revision: String? = nil, cacheDirectory: URL? = nil, token: String? = nil,
        localFilesOnly: Bool = false, downloadProgress: (@Sendable (DownloadProgress) -> Void)? = nil,
        computePrecision: ComputePrecision = .float32
    ) async throws {
        let kind = Self.kind
        let pipeline = try await Blocking.run {
            var request = ModelRequest(
                revision: revision, localFilesOnly: localFilesOnly, token: token, progress: downloadProgress)
            let cancellation = Cancellation.current
            request.checkCancellation = { try cancellation.check() }
            return try ModelPipeline(nameOrPath, kind, request, cacheDirectory, computePrecision)
        }
        try self.init(pipeline: pipeline)
    }

    /// Loads a model by name or from a folder; blocks until it is loaded.
    ///
    /// - Parameters:
    ///   - nameOrPath: The name of a model on the Hub, or its folder.
    ///   - revision: A branch, tag, commit, or pull request (`refs/pr/1`); `main` if nil.
    ///   - cacheDirectory: The cache to use; that of `HF_HUB_CACHE` and `HF_HOME` if nil.
    ///   - token: Who asks the Hub; that of `HF_TOKEN` or the token file if nil.
    ///   - localFilesOnly: Whether to stay off the network, as with `HF_HUB_OFFLINE`.
    ///   - downloadProgress: Called now and then during a download, from any thread.
    ///   - computePrecision: The arithmetic of matrix products.
    /// - Throws: As the form that does not block.
    public init(
        named nameOrPath: String, revision: String? = nil, cacheDirectory: URL? = nil, token: String? = nil,
        localFilesOnly: Bool = false, downloadProgress: (@Sendable (DownloadProgress) -> Void)? = nil,
        computePrecision: ComputePrecision = .float32
    ) throws {
        let request = ModelRequest(
            revision: revision, localFilesOnly: localFilesOnly, token: token, progress: downloadProgress)
        try self.init(
            pipeline: ModelPipeline(nameOrPath, Self.kind, request, cacheDirectory, computePrecision))
    }

    /// Loads a model from a folder.
    ///
    /// - Parameters:
    ///   - directory: The folder, with `modules.json`, or with `config.json` of a plain Hugging Face model.
    ///   - computePrecision: The arithmetic of matrix products.
    /// - Throws: ``CheckpointError``, ``TokenizerError`` or ``SentenceTransformersError``.
    public init(directory: URL, computePrecision: ComputePrecision = .float32) throws {
        try self.init(
            pipeline: ModelPipeline(directory: directory, kind: Self.kind, computePrecision: computePrecision))
    }

    /// Writes the model into a folder from which this library and the Python library load it again.
    ///
    /// Every file is written whole or not at all; the folder is made if it is missing.
    /// - Throws: ``CheckpointError`` with code `unwritable`, or ``TokenizerError``.
    public func save(to directory: URL) throws { try pipeline.save(Self.kind, to: directory) }

    /// The folder that the model was loaded from.
    public var directory: URL { pipeline.directory }
    /// The arithmetic that the model was loaded for.
    public var computePrecision: ComputePrecision { pipeline.computePrecision }
    /// Texts to put before others, by name; encoders always have "query" and "document".
    ///
    /// Of names that are canonically equivalent, which are one to a dictionary of strings, any is here; all count by their
    /// bytes where a prompt is asked for by name.
    public var prompts: [String: String] {
        Dictionary(pipeline.settings.prompts.sorted { $0.key < $1.key }.map { ($0.key.string, $0.value) }) { $1 }
    }
    /// The name of the prompt that is used if none is given.
    public var defaultPromptName: String? { pipeline.settings.defaultPromptName }
    /// The tokenizer, of queries if documents have another; nil if the model reads whole words.
    public var tokenizer: Tokenizer? { inputs.compactMap(\.tokenizer).first }
    /// Tokens of a text that count, special ones included; longer texts are cut.
    ///
    /// Nil if there is no bound.
    public var maximumSequenceLength: Int? {
        inputs.contains { $0.maximumSequenceLength == nil } ? nil : inputs.compactMap(\.maximumSequenceLength).max()
    }
    /// What was read and could surprise, in one line each; nothing of it stopped the model from loading.
    public var warnings: [String] { pipeline.warnings }
    /// The number of learned numbers.
    public var parameterCount: Int { pipeline.modules.reduce(0) { $0 + $1.parameterCount } }
    /// The name of the kernels that compute, such as "amx", "avx512", "avx2", "neon" or "portable".
    public var kernelName: String { pipeline.kernels.name }

    /// Turns texts into tokens as the model does, without a prompt.
    package func tokenize(
        _ inputs: [TokenizerInput], maximumLength: Int?, task: EncodingTask? = nil
    ) throws -> TokenBatch {
        try pipeline.route(for: task).input.tokenize(inputs, maximumLength: maximumLength, task: task)
    }

    /// The modules that texts enter by.
    private var inputs: [any InputModule] { (try? pipeline.routes.map(\.input)) ?? [] }
}

extension ModelPipeline {
    /// Finds a model by name or folder, and reads it as one of the given kind, or of the one that its files tell.
    ///
    /// A bare name of a model of any kind gets the prefix of a ``SentenceTransformer``.
    package init(
        _ nameOrPath: String, _ kind: ModelKind?, _ request: ModelRequest, _ cacheDirectory: URL?,
        _ computePrecision: ComputePrecision
    ) throws {
        let warnings = Warnings()
        let directory = try warnings.collect {
            try ModelLocation.resolve(
                nameOrPath, prefix: (kind ?? .sentenceTransformer).namePrefix, request: request,
                cacheDirectory: cacheDirectory)
        }
        try self.init(directory: directory, kind: kind, computePrecision: computePrecision, warnings: warnings)
    }
}
