// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a ``SentenceTransformer`` encodes texts; every setting defaults to the model's.
public struct EncodeOptions: TextEncodeOptions {
    /// Task, prompt and length.
    public var request = EncodeRequest()
    /// Micro-batches, threads and progress.
    public var computation = EncodeComputation()
    /// Whether embeddings are normalised to unit length, after any truncation.
    public var normalizeEmbeddings = false
    /// The number of leading dimensions to keep, at least 1; the model's setting if nil.
    public var truncateDimension: Int?

    /// The model's defaults.
    public init() {}

    /// The given settings.
    public init(
        task: EncodingTask? = nil, promptName: String? = nil, prompt: String? = nil, normalizeEmbeddings: Bool = false,
        truncateDimension: Int? = nil, maximumSequenceLength: Int? = nil,
        batchTokens: Int = EncodeComputation.defaultBatchTokens, threads: Int? = nil,
        progress: (@Sendable (EncodeProgress) -> Void)? = nil
    ) {
        request = EncodeRequest(
            task: task, promptName: promptName, prompt: prompt, maximumSequenceLength: maximumSequenceLength)
        computation = EncodeComputation(batchTokens: batchTokens, threads: threads, progress: progress)
        self.normalizeEmbeddings = normalizeEmbeddings
        self.truncateDimension = truncateDimension
    }
}
