// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How texts are encoded; every setting has the model's default.
///
/// Settings that mean nothing to a kind of model are refused by it.
public struct EncodeOptions: Sendable {
    /// What the texts are in a search, where the model treats queries and documents differently.
    public var task: EncodingTask?
    /// The name of the prompt to put before every text.
    public var promptName: String?
    /// The text to put before every text; wins over a name.
    public var prompt: String?
    /// Whether embeddings are brought to unit length, behind any truncation.
    public var normalizeEmbeddings: Bool
    /// The number of leading dimensions to keep; the model's setting if nil.
    public var truncateDimension: Int?
    /// The number of largest dimensions that a sparse embedding keeps; the model's setting if nil.
    public var maximumActiveDimensions: Int?
    /// How a multi-vector model's vectors of a text become fewer, behind all that the model does itself; not if nil.
    public var tokenPooling: HierarchicalTokenPooling?
    /// Tokens of a text that count, special ones included; the model's limit if nil.
    public var maximumSequenceLength: Int?
    /// Tokens that one worker computes at a time.
    public var batchTokens: Int
    /// Threads to use, never more than the processors that the process may use; all of these if nil.
    public var threads: Int?
    /// Called behind every micro-batch, from whichever thread computed it, one call at a time.
    public var progress: (@Sendable (EncodeProgress) -> Void)?

    /// The micro-batch that keeps a worker's activations in the caches of the machines that were measured.
    public static let defaultBatchTokens = 512

    /// The given settings.
    public init(
        task: EncodingTask? = nil, promptName: String? = nil, prompt: String? = nil, normalizeEmbeddings: Bool = false,
        truncateDimension: Int? = nil, maximumActiveDimensions: Int? = nil,
        tokenPooling: HierarchicalTokenPooling? = nil, maximumSequenceLength: Int? = nil,
        batchTokens: Int = defaultBatchTokens, threads: Int? = nil,
        progress: (@Sendable (EncodeProgress) -> Void)? = nil
    ) {
        self.task = task
        self.promptName = promptName
        self.prompt = prompt
        self.normalizeEmbeddings = normalizeEmbeddings
        self.truncateDimension = truncateDimension
        self.maximumActiveDimensions = maximumActiveDimensions
        self.tokenPooling = tokenPooling
        self.maximumSequenceLength = maximumSequenceLength
        self.batchTokens = batchTokens
        self.threads = threads
        self.progress = progress
    }
}

extension EncodeOptions {
    /// - Throws: ``SentenceTransformersError`` if a setting is there that a kind of model does not have.
    func refuse(_ setting: KeyPath<EncodeOptions, Int?>, _ name: String, of kind: ModelKind) throws {
        guard self[keyPath: setting] != nil else { return }
        throw SentenceTransformersError(.invalidArgument, "\(name) means nothing to a \(kind.rawValue)")
    }
}

/// How far an encoding is.
public struct EncodeProgress: Sendable, Hashable, Codable {
    /// Texts that are done.
    public let completed: Int
    /// All texts.
    public let total: Int
}
