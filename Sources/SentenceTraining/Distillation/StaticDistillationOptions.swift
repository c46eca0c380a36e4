// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a model without a network is made from one with a network.
public struct StaticDistillationOptions: Sendable, Equatable {
    /// The dimensions of the new embeddings, at most as many as the teacher's; 256 if nil, or the teacher's if those are fewer.
    public var dimensions: Int?
    /// How much frequent tokens count less: a token of frequency p is multiplied with a / (a + p); nil for no difference.
    ///
    /// Arora et al., *A Simple but Tough-to-Beat Baseline for Sentence Embeddings*, 2017,
    /// <https://openreview.net/forum?id=SyK00v5xx>.
    public var frequencyWeight: Double? = 1e-4
    /// The tokens to keep; nil for all.
    ///
    /// Whatever the tokenizer needs beside them stays, too; other tokens of a text are unknown then.
    public var vocabulary: [String]?
    /// Texts to learn from: the model's embeddings are trained to be those of the teacher.
    public var texts: [String] = []
    /// How many more texts to learn from, made of random words of the vocabulary.
    public var generatedTextCount = 0
    /// How often each text is seen.
    public var epochs = 3.0
    /// The highest learning rate.
    public var learningRate = 1e-2
    /// Texts of a batch.
    public var batchSize = 512
    /// The seed of everything random.
    public var seed: UInt64 = 42
    /// The threads to use; all if nil.
    public var threads: Int?

    /// The usual options.
    public init() {}

    func check(teacherDimensions: Int) throws {
        func refuse(_ message: String) -> TrainingError { TrainingError(.invalidArgument, message) }
        if let dimensions, !(1...teacherDimensions).contains(dimensions) {
            throw refuse("dimensions is \(dimensions); expected 1 to \(teacherDimensions), those of the teacher")
        }
        if let frequencyWeight, !(frequencyWeight > 0 && frequencyWeight.isFinite) {
            throw refuse("frequencyWeight is \(frequencyWeight); expected a positive number, or none")
        }
        guard generatedTextCount >= 0 else { throw refuse("generatedTextCount is \(generatedTextCount)") }
    }
}
