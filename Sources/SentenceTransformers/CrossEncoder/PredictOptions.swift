// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How pairs are scored; every setting has the model's default.
public struct PredictOptions: Sendable {
    /// What turns logits into scores; the model's if nil.
    public var activation: ScoreActivation?
    /// Whether the scores of several labels become probabilities, behind the activation.
    public var appliesSoftmax: Bool
    /// How the pairs are read: prompt, length, threads and progress.
    ///
    /// A prompt stands before the first text of every pair. Settings of embeddings mean nothing here and are refused.
    public var encoding: EncodeOptions

    /// The given settings.
    public init(
        activation: ScoreActivation? = nil, appliesSoftmax: Bool = false, promptName: String? = nil,
        prompt: String? = nil, maximumSequenceLength: Int? = nil, batchTokens: Int = EncodeOptions.defaultBatchTokens,
        threads: Int? = nil, progress: (@Sendable (EncodeProgress) -> Void)? = nil
    ) {
        self.init(
            activation: activation, appliesSoftmax: appliesSoftmax,
            encoding: EncodeOptions(
                promptName: promptName, prompt: prompt, maximumSequenceLength: maximumSequenceLength,
                batchTokens: batchTokens, threads: threads, progress: progress))
    }

    /// The given settings, with those that all kinds of model have as they are.
    public init(activation: ScoreActivation? = nil, appliesSoftmax: Bool = false, encoding: EncodeOptions) {
        self.activation = activation
        self.appliesSoftmax = appliesSoftmax
        self.encoding = encoding
    }
}
