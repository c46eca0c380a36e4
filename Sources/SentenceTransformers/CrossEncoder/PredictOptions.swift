// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a ``CrossEncoder`` scores pairs; every setting defaults to the model's.
public struct PredictOptions: CallOptions {
    /// Prompt and length.
    public var request = EncodeRequest()
    /// Micro-batches, threads and progress.
    public var computation = EncodeComputation()
    /// The activation that turns logits into scores; the model's if nil.
    public var activation: ScoreActivation?
    /// Whether a softmax follows the activation, so that the scores of several labels become probabilities.
    public var appliesSoftmax: Bool

    /// The given settings.
    public init(
        activation: ScoreActivation? = nil, appliesSoftmax: Bool = false, promptName: String? = nil,
        prompt: String? = nil, maximumSequenceLength: Int? = nil,
        batchTokens: Int = EncodeComputation.defaultBatchTokens, threads: Int? = nil,
        progress: (@Sendable (EncodeProgress) -> Void)? = nil
    ) {
        request = EncodeRequest(promptName: promptName, prompt: prompt, maximumSequenceLength: maximumSequenceLength)
        computation = EncodeComputation(batchTokens: batchTokens, threads: threads, progress: progress)
        self.activation = activation
        self.appliesSoftmax = appliesSoftmax
    }
}
