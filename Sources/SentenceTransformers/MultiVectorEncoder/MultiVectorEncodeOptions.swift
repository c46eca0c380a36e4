// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a ``MultiVectorEncoder`` encodes texts; every setting defaults to the model's.
public struct MultiVectorEncodeOptions: TextEncodeOptions {
    /// Task, prompt and length.
    public var request = EncodeRequest()
    /// Micro-batches, threads and progress.
    public var computation = EncodeComputation()
    /// Whether the vectors are normalised to unit length, before any pooling.
    public var normalizeEmbeddings = false
    /// How the vectors of a text are pooled after all modules of the model; no additional pooling if nil.
    public var tokenPooling: HierarchicalTokenPooling?

    /// The model's defaults.
    public init() {}

    /// The given settings.
    public init(
        task: EncodingTask? = nil, promptName: String? = nil, prompt: String? = nil, normalizeEmbeddings: Bool = false,
        tokenPooling: HierarchicalTokenPooling? = nil, maximumSequenceLength: Int? = nil,
        batchTokens: Int = EncodeComputation.defaultBatchTokens, threads: Int? = nil,
        progress: (@Sendable (EncodeProgress) -> Void)? = nil
    ) {
        request = EncodeRequest(
            task: task, promptName: promptName, prompt: prompt, maximumSequenceLength: maximumSequenceLength)
        computation = EncodeComputation(batchTokens: batchTokens, threads: threads, progress: progress)
        self.normalizeEmbeddings = normalizeEmbeddings
        self.tokenPooling = tokenPooling
    }
}
