// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceHub
import SentenceTensors

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// An embedding model (bi-encoder): texts in, vectors out whose similarity is the texts'.
///
/// ```swift
/// let model = try await SentenceTransformer("all-MiniLM-L6-v2")
/// let embeddings = try model.encode(["The weather is lovely today.", "It's so sunny outside!"])
/// print(model.similarity(embeddings, embeddings))
/// ```
///
/// A model does not change once it is loaded, and any number of tasks may use it at once. The embedding of a
/// text has the same bits whatever else is encoded with it and on however many threads.
///
/// Reimers and Gurevych, *Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks*, 2019,
/// <https://arxiv.org/abs/1908.10084>.
public final class SentenceTransformer: Sendable {
    /// The folder that the model was loaded from.
    public let directory: URL
    /// The arithmetic that the model was loaded for.
    public let computePrecision: ComputePrecision
    /// Texts to put before others, by name; "query" and "document" are always there.
    public let prompts: [String: String]
    /// The name of the prompt that `encode` uses if none is given.
    public let defaultPromptName: String?
    /// The function behind `similarity`.
    public let similarityFunction: SimilarityFunction
    /// The number of leading dimensions that `encode` keeps if nothing else is asked; nil for all.
    public let truncateDimension: Int?
    /// The dimensions of an embedding before any truncation.
    public let embeddingDimension: Int

    package let input: any InputModule
    package let modules: [any Module]
    let kernels: KernelSet

    /// Loads a model by name or from a folder, without blocking the caller's thread.
    ///
    /// A name without "/" gets the prefix `sentence-transformers/`, unless it is one of the classic names such as
    /// `bert-base-uncased`. A model that is not in the local Hugging Face cache is downloaded into it; one that is there
    /// is used as it is.
    ///
    /// - Parameters:
    ///   - nameOrPath: The name of a model on the Hub, or its folder.
    ///   - revision: A branch, tag, commit, or pull request (`refs/pr/1`); `main` if nil.
    ///   - cacheDirectory: The cache to use; that of `HF_HUB_CACHE` and `HF_HOME` if nil.
    ///   - token: Who asks the Hub; that of `HF_TOKEN` or the token file if nil.
    ///   - localFilesOnly: Whether to stay off the network, as with `HF_HUB_OFFLINE`.
    ///   - downloadProgress: Called now and then during a download, from any thread.
    ///   - computePrecision: The arithmetic of matrix products.
    ///   - similarityFunction: Replaces what the model's configuration says.
    /// - Throws: ``HubError``, ``CheckpointError``, ``TokenizerError`` or ``SentenceTransformersError``, each in one
    ///   line that says what is wrong with which file.
    public convenience init(
        _ nameOrPath: String, revision: String? = nil, cacheDirectory: URL? = nil, token: String? = nil,
        localFilesOnly: Bool = false, downloadProgress: (@Sendable (DownloadProgress) -> Void)? = nil,
        computePrecision: ComputePrecision = .float32, similarityFunction: SimilarityFunction? = nil
    ) async throws {
        let (directory, modules) = try await Blocking.run { cancellation in
            var request = ModelRequest(
                revision: revision, localFilesOnly: localFilesOnly, token: token, progress: downloadProgress)
            request.checkCancellation = { try cancellation.check() }
            let directory = try Self.locate(nameOrPath, request, cacheDirectory)
            return (directory, try Self.loadModules(directory, computePrecision))
        }
        try self.init(directory, modules, computePrecision, similarityFunction)
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
    ///   - similarityFunction: Replaces what the model's configuration says.
    /// - Throws: As the form that does not block.
    public convenience init(
        named nameOrPath: String, revision: String? = nil, cacheDirectory: URL? = nil, token: String? = nil,
        localFilesOnly: Bool = false, downloadProgress: (@Sendable (DownloadProgress) -> Void)? = nil,
        computePrecision: ComputePrecision = .float32, similarityFunction: SimilarityFunction? = nil
    ) throws {
        let request = ModelRequest(
            revision: revision, localFilesOnly: localFilesOnly, token: token, progress: downloadProgress)
        let directory = try Self.locate(nameOrPath, request, cacheDirectory)
        try self.init(directory: directory, computePrecision: computePrecision, similarityFunction: similarityFunction)
    }

    /// Loads a model from a folder.
    ///
    /// - Parameters:
    ///   - directory: The folder, with `modules.json`, or with `config.json` of a plain encoder, which gets mean
    ///     pooling.
    ///   - computePrecision: The arithmetic of matrix products.
    ///   - similarityFunction: Replaces what the model's configuration says.
    /// - Throws: ``CheckpointError``, ``TokenizerError`` or ``SentenceTransformersError``.
    public convenience init(
        directory: URL, computePrecision: ComputePrecision = .float32, similarityFunction: SimilarityFunction? = nil
    ) throws {
        try self.init(
            directory, Self.loadModules(directory, computePrecision), computePrecision, similarityFunction)
    }

    private init(
        _ directory: URL, _ modules: [any Module], _ precision: ComputePrecision, _ similarity: SimilarityFunction?
    ) throws {
        let settings = try ModelSettings(directory: directory)
        guard let input = modules.first as? any InputModule else {
            throw SentenceTransformersError(
                .unsupportedModel, "the model in \(directory.path) does not begin with a module that reads texts")
        }
        let sizes = try modules.reduce(FeatureSizes()) { try $1.sizes(after: $0) }
        guard let dimension = sizes.sentenceEmbedding else {
            throw SentenceTransformersError(
                .mismatchedModules, "the modules of the model in \(directory.path) give no sentence embedding")
        }
        self.directory = directory
        computePrecision = precision
        prompts = settings.prompts
        defaultPromptName = settings.defaultPromptName
        similarityFunction = similarity ?? settings.similarityFunction
        truncateDimension = settings.truncateDimension
        embeddingDimension = dimension
        kernels = Execution.current.kernels
        self.input = input
        self.modules = modules
    }

    private static func locate(
        _ nameOrPath: String, _ request: ModelRequest, _ cacheDirectory: URL?
    ) throws -> URL {
        try ModelLocation.resolve(
            nameOrPath, prefix: "sentence-transformers/", request: request, cacheDirectory: cacheDirectory)
    }

    private static func loadModules(_ directory: URL, _ precision: ComputePrecision) throws -> [any Module] {
        try Execution.with(precision: precision.precision, threads: Parallel.availableThreads) {
            try ModulesFile.load(from: directory)
        }
    }

    /// The tokenizer; nil if the model reads whole words.
    public var tokenizer: Tokenizer? { input.tokenizer }
    /// Tokens of a text that count, special ones included; longer texts are cut.
    ///
    /// Nil if there is no bound.
    public var maximumSequenceLength: Int? { input.maximumSequenceLength }
    /// The number of learned numbers.
    public var parameterCount: Int { modules.reduce(0) { $0 + $1.parameterCount } }
    /// The name of the kernels that compute, such as "amx", "avx512", "avx2", "neon" or "portable".
    public var kernelName: String { kernels.name }
}
