// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the options of every kind of model hold: ``EncodeOptions``, ``SparseEncodeOptions``,
/// ``MultiVectorEncodeOptions`` and ``PredictOptions``.
public protocol CallOptions: Sendable {
    /// What the call wants.
    var request: EncodeRequest { get set }
    /// How it is computed.
    var computation: EncodeComputation { get set }
}

extension CallOptions {
    /// The name of the prompt to put before every text, or before the first text of every pair.
    public var promptName: String? {
        get { request.promptName }
        set { request.promptName = newValue }
    }

    /// The text to put there; wins over a name.
    public var prompt: String? {
        get { request.prompt }
        set { request.prompt = newValue }
    }

    /// Tokens of a text that count, special ones included, at least 1; the model's limit if nil.
    public var maximumSequenceLength: Int? {
        get { request.maximumSequenceLength }
        set { request.maximumSequenceLength = newValue }
    }

    /// Tokens that one worker computes at a time, at least 1.
    public var batchTokens: Int {
        get { computation.batchTokens }
        set { computation.batchTokens = newValue }
    }

    /// Threads to use, at least 1 and never more than the processors that the process may use; all of these if nil.
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

/// How a ``TextEncoder`` encodes texts; every setting has the model's default.
public protocol TextEncodeOptions: CallOptions {
    /// The model's defaults.
    init()
}

extension TextEncodeOptions {
    /// What the texts are in a search, where the model treats queries and documents differently.
    public var task: EncodingTask? {
        get { request.task }
        set { request.task = newValue }
    }
}
