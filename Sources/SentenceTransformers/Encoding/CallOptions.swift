// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The options that all kinds of models have in common: ``EncodeOptions``, ``SparseEncodeOptions``,
/// ``MultiVectorEncodeOptions`` and ``PredictOptions``.
public protocol CallOptions: Sendable {
    /// Task, prompt and maximum length.
    var request: EncodeRequest { get set }
    /// Micro-batches, threads and progress.
    var computation: EncodeComputation { get set }
}

extension CallOptions {
    /// The name of the prompt to put before every text, or before the first text of every pair.
    public var promptName: String? {
        get { request.promptName }
        set { request.promptName = newValue }
    }

    /// The text of the prompt; takes precedence over a name.
    public var prompt: String? {
        get { request.prompt }
        set { request.prompt = newValue }
    }

    /// The maximum number of tokens of a text, special tokens included, at least 1; the model's limit if nil.
    public var maximumSequenceLength: Int? {
        get { request.maximumSequenceLength }
        set { request.maximumSequenceLength = newValue }
    }

    /// The number of tokens that one worker computes at a time, at least 1.
    public var batchTokens: Int {
        get { computation.batchTokens }
        set { computation.batchTokens = newValue }
    }

    /// The number of threads, at least 1 and at most the number of processors that the process may use; all of them if
    /// nil.
    public var threads: Int? {
        get { computation.threads }
        set { computation.threads = newValue }
    }

    /// Called after every micro-batch, from whichever thread computed it, one call at a time.
    public var progress: (@Sendable (EncodeProgress) -> Void)? {
        get { computation.progress }
        set { computation.progress = newValue }
    }
}

/// How a ``TextEncoder`` encodes texts; every setting defaults to the model's.
public protocol TextEncodeOptions: CallOptions {
    /// The model's defaults.
    init()
}

extension TextEncodeOptions {
    /// Whether the texts are queries or documents, for models that treat these differently.
    public var task: EncodingTask? {
        get { request.task }
        set { request.task = newValue }
    }
}
