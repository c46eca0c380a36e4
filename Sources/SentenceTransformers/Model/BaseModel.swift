// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import Logging
import SentenceFiles
public import SentenceHub
import SentenceTensors

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A model of any kind: the interface common to ``SentenceTransformer``, ``CrossEncoder``, ``SparseEncoder`` and
/// ``MultiVectorEncoder``.
///
/// A model does not change once it is loaded, and any number of tasks may use it at once. The result for a text is
/// bit-identical whatever other texts are computed with it and on however many threads.
public protocol BaseModel: Sendable, CustomStringConvertible {
    /// The type of the similarity function; ``NoSimilarity`` if results are not compared.
    associatedtype Similarity: RawRepresentable<String> & Sendable

    /// The kind of model that this type loads.
    static var kind: ModelKind { get }
    /// The model's modules and settings.
    var pipeline: ModelPipeline { get }
    /// What the model computes for a text, in a few words, for ``description``.
    var resultDescription: String { get }
    /// Creates a model from a loaded pipeline.
    ///
    /// - Throws: ``SentenceTransformersError`` if its modules do not form a model of this kind.
    init(pipeline: ModelPipeline) throws
}

/// The similarity of models whose results are not compared; it has no values.
public enum NoSimilarity: RawRepresentable, Sendable {
    /// There is none.
    public init?(rawValue: String) { nil }
    /// There is none.
    public var rawValue: String { switch self {} }
}

extension BaseModel {
    /// Loads a model by name or from a folder, without blocking the caller's thread.
    ///
    /// A name without "/" gets the prefix of its kind, such as `sentence-transformers/`, unless it is a classic name
    /// such as `bert-base-uncased`. A model that is not in the local Hugging Face cache is downloaded into it; one that
    /// is there is used unchanged.
    ///
    /// - Parameters:
    ///   - nameOrPath: The name of a model on the Hub, or its folder.
    ///   - revision: A branch, tag, commit, or pull request (`refs/pr/1`); `main` if nil.
    ///   - cacheDirectory: The cache to use; the one given by `HF_HUB_CACHE` and `HF_HOME` if nil.
    ///   - token: The access token of the Hub; that of `HF_TOKEN` or the token file if nil.
    ///   - localFilesOnly: Whether to stay off the network, as with `HF_HUB_OFFLINE`.
    ///   - downloadProgress: Called repeatedly during a download, from any thread.
    ///   - computePrecision: The precision of matrix products.
    ///   - mapsWeights: Whether weight files are mapped into memory; they must then not be changed in place while the
    ///     model is used (`SIGBUS`). If false, they are read into memory completely.
    ///   - prompts: Prompts by name, in addition to the model's; they replace the model's prompts of the same name.
    ///   - defaultPromptName: The name of the prompt that is used if a call gives none; the model's if nil.
    ///   - similarityFunction: The function that `similarity` uses; the model's if nil.
    ///   - truncateDimension: The number of leading dimensions that a ``SentenceTransformer`` keeps; the model's
    ///     setting if nil.
    ///   - maximumActiveDimensions: The number of largest dimensions that a ``SparseEncoder`` keeps; the model's
    ///     setting if nil.
    ///   - logger: Receives the model's warnings and the progress of its download; nothing is logged if nil.
    /// - Throws: `HubError`, `CheckpointError`, `TokenizerError` or ``SentenceTransformersError``, each with a one-line
    ///   message that says what is wrong with which file.
    public init(
        _ nameOrPath: String, revision: String? = nil, cacheDirectory: URL? = nil, token: String? = nil,
        localFilesOnly: Bool = false, downloadProgress: (@Sendable (DownloadProgress) -> Void)? = nil,
        computePrecision: ComputePrecision = .float32, mapsWeights: Bool = true,
        prompts: [String: String] = [:], defaultPromptName: String? = nil, similarityFunction: Similarity? = nil,
        truncateDimension: Int? = nil, maximumActiveDimensions: Int? = nil, logger: Logger? = nil
    ) async throws {
        let overrides = Self.overrides(
            prompts, defaultPromptName, similarityFunction, truncateDimension, maximumActiveDimensions)
        let kind = Self.kind
        let pipeline = try await Blocking.run {
            var request = ModelRequest(
                revision: revision, localFilesOnly: localFilesOnly, token: token, progress: downloadProgress)
            let call = LongCall.current
            request.checkCancellation = { try call.check() }
            return try ModelPipeline(
                nameOrPath, kind, request, cacheDirectory, computePrecision, mapsWeights: mapsWeights,
                overrides: overrides, logger: logger)
        }
        try self.init(pipeline: pipeline)
    }

    /// Loads a model by name or from a folder; blocks until it is loaded.
    ///
    /// - Parameters:
    ///   - nameOrPath: The name of a model on the Hub, or its folder.
    ///   - revision: A branch, tag, commit, or pull request (`refs/pr/1`); `main` if nil.
    ///   - cacheDirectory: The cache to use; the one given by `HF_HUB_CACHE` and `HF_HOME` if nil.
    ///   - token: The access token of the Hub; that of `HF_TOKEN` or the token file if nil.
    ///   - localFilesOnly: Whether to stay off the network, as with `HF_HUB_OFFLINE`.
    ///   - downloadProgress: Called repeatedly during a download, from any thread.
    ///   - computePrecision: The precision of matrix products.
    ///   - mapsWeights: Whether weight files are mapped into memory; they must then not be changed in place while the
    ///     model is used (`SIGBUS`). If false, they are read into memory completely.
    ///   - prompts: Prompts by name, in addition to the model's; they replace the model's prompts of the same name.
    ///   - defaultPromptName: The name of the prompt that is used if a call gives none; the model's if nil.
    ///   - similarityFunction: The function that `similarity` uses; the model's if nil.
    ///   - truncateDimension: The number of leading dimensions that a ``SentenceTransformer`` keeps; the model's
    ///     setting if nil.
    ///   - maximumActiveDimensions: The number of largest dimensions that a ``SparseEncoder`` keeps; the model's
    ///     setting if nil.
    ///   - logger: Receives the model's warnings and the progress of its download; nothing is logged if nil.
    /// - Throws: As the form that does not block.
    public init(
        blocking nameOrPath: String, revision: String? = nil, cacheDirectory: URL? = nil, token: String? = nil,
        localFilesOnly: Bool = false, downloadProgress: (@Sendable (DownloadProgress) -> Void)? = nil,
        computePrecision: ComputePrecision = .float32, mapsWeights: Bool = true,
        prompts: [String: String] = [:], defaultPromptName: String? = nil, similarityFunction: Similarity? = nil,
        truncateDimension: Int? = nil, maximumActiveDimensions: Int? = nil, logger: Logger? = nil
    ) throws {
        let overrides = Self.overrides(
            prompts, defaultPromptName, similarityFunction, truncateDimension, maximumActiveDimensions)
        let request = ModelRequest(
            revision: revision, localFilesOnly: localFilesOnly, token: token, progress: downloadProgress)
        try self.init(
            pipeline: ModelPipeline(
                nameOrPath, Self.kind, request, cacheDirectory, computePrecision, mapsWeights: mapsWeights,
                overrides: overrides, logger: logger))
    }

    /// Loads a model from a folder.
    ///
    /// - Parameters:
    ///   - directory: The folder, with `modules.json`, or with the `config.json` of a plain Hugging Face model.
    ///   - computePrecision: The precision of matrix products.
    ///   - mapsWeights: Whether weight files are mapped into memory; they must then not be changed in place while the
    ///     model is used (`SIGBUS`). If false, they are read into memory completely.
    ///   - prompts: Prompts by name, in addition to the model's; they replace the model's prompts of the same name.
    ///   - defaultPromptName: The name of the prompt that is used if a call gives none; the model's if nil.
    ///   - similarityFunction: The function that `similarity` uses; the model's if nil.
    ///   - truncateDimension: The number of leading dimensions that a ``SentenceTransformer`` keeps; the model's
    ///     setting if nil.
    ///   - maximumActiveDimensions: The number of largest dimensions that a ``SparseEncoder`` keeps; the model's
    ///     setting if nil.
    ///   - logger: Receives the model's warnings; nothing is logged if nil.
    /// - Throws: `CheckpointError`, `TokenizerError` or ``SentenceTransformersError``.
    public init(
        directory: URL, computePrecision: ComputePrecision = .float32, mapsWeights: Bool = true,
        prompts: [String: String] = [:], defaultPromptName: String? = nil, similarityFunction: Similarity? = nil,
        truncateDimension: Int? = nil, maximumActiveDimensions: Int? = nil, logger: Logger? = nil
    ) throws {
        let overrides = Self.overrides(
            prompts, defaultPromptName, similarityFunction, truncateDimension, maximumActiveDimensions)
        let pipeline = try ModelPipeline(
            directory: directory, kind: Self.kind, computePrecision: computePrecision, mapsWeights: mapsWeights,
            overrides: overrides)
        if let logger { ModelLogger(logger).log(pipeline.warnings, of: directory.path) }
        try self.init(pipeline: pipeline)
    }

    private static func overrides(
        _ prompts: [String: String], _ defaultPromptName: String?, _ similarityFunction: Similarity?,
        _ truncateDimension: Int?, _ maximumActiveDimensions: Int?
    ) -> ModelOverrides {
        var overrides = ModelOverrides()
        for (name, text) in prompts { overrides.prompts[ExactString(name)] = text }
        overrides.defaultPromptName = defaultPromptName
        overrides.similarityFunctionName = similarityFunction?.rawValue
        overrides.truncateDimension = truncateDimension
        overrides.maximumActiveDimensions = maximumActiveDimensions
        return overrides
    }
}

extension ModelPipeline {
    /// Finds a model by name or folder, and loads it as the given kind; if nil, as the kind that its files indicate.
    ///
    /// Without a kind, a bare name gets the prefix of a ``SentenceTransformer``.
    package init(
        _ nameOrPath: String, _ kind: ModelKind?, _ request: ModelRequest, _ cacheDirectory: URL?,
        _ computePrecision: ComputePrecision, mapsWeights: Bool = true, overrides: ModelOverrides = .init(),
        logger: Logger? = nil
    ) throws {
        let modelLogger = logger.map(ModelLogger.init)
        var request = request
        if let modelLogger {
            request.progress = { [progress = request.progress] in
                modelLogger.log(download: $0.model, $0.completedBytes, of: $0.totalBytes)
                progress?($0)
            }
        }
        let warnings = Warnings()
        let directory = try warnings.collect {
            try ModelLocation.resolve(
                nameOrPath, prefix: (kind ?? .sentenceTransformer).namePrefix, request: request,
                cacheDirectory: cacheDirectory)
        }
        let base = ModuleFolder.BaseRequest(request: request, cacheDirectory: cacheDirectory)
        self = try ModuleFolder.$baseRequest.withValue(base) {
            try ModelPipeline(
                directory: directory, kind: kind, computePrecision: computePrecision, mapsWeights: mapsWeights,
                overrides: overrides, warnings: warnings)
        }
        modelLogger?.log(self.warnings, of: nameOrPath)
    }
}
