// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
public import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How a classifier is trained on a few examples.
public struct FewShotOptions: Sendable, Equatable {
    /// How many pairs of the same class, and how many of different ones, are made of each example; 0 trains the head only.
    public var pairsPerExample = 20
    /// How often each pair is seen.
    public var epochs = 1.0
    /// Pairs of a batch.
    public var batchSize = 16
    /// The highest learning rate.
    public var learningRate = 2e-5
    /// How much examples count beside the length of the head's weights, scikit-learn's `C`.
    public var strength: Float = 1
    /// The seed of everything random.
    public var seed: UInt64 = 42
    /// The threads to use; all if nil.
    public var threads: Int?

    /// The usual options.
    public init() {}
}

/// A classifier of texts, made from an embedding model and a few examples of each class.
///
/// First the model learns from pairs of examples, which are to be similar if their classes are the same; then a logistic
/// regression on its embeddings becomes a `Dense` module at its end, which gives the probabilities of the classes. The
/// names of the classes are saved with the model: ``SentenceTransformer/labels``.
///
/// Tunstall et al., *Efficient Few-Shot Learning Without Prompts*, 2022, <https://arxiv.org/abs/2209.11055>.
///
/// - Parameters:
///   - model: The model to begin with, which does not change.
///   - examples: Texts with their classes, eight of each or more.
///   - options: How it is trained.
/// - Returns: The classifier: its ``SentenceTransformer/classify(_:options:)-(String,_)`` answers with names.
/// - Throws: ``TrainingError``; what the model throws.
public func trainClassifier(
    _ model: SentenceTransformer, examples: LabelledTexts, options: FewShotOptions = FewShotOptions()
) throws -> SentenceTransformer {
    guard model.labels == nil else {
        throw TrainingError(
            .invalidArgument,
            "the model in \(model.directory.path) is a classifier already; begin with the one it was made of")
    }
    var body = model
    if options.pairsPerExample > 0 {
        var arguments = TrainingArguments(
            epochs: options.epochs, batchSize: options.batchSize, learningRate: options.learningRate, warmupRatio: 0.1)
        arguments.seed = options.seed
        arguments.threads = options.threads
        let data = try contrastivePairs(examples, count: options.pairsPerExample, seed: options.seed)
        body = try SentenceTransformerTrainer(
            model: model, arguments: arguments, datasets: [data], loss: .cosineSimilarity()
        ).trainBlocking().model
    }
    var encoding = EncodeOptions()
    encoding.threads = options.threads
    let embeddings = try body.encode(examples.texts, options: encoding)
    let head = Execution.with(precision: .float32Highest, threads: options.threads ?? Parallel.availableThreads) {
        LogisticRegression(
            embeddings, classes: examples.classes, count: examples.labels.count, strength: options.strength)
    }
    return try body.classifying(weights: Matrix(head.weights), biases: head.biases.floats, labels: examples.labels)
}

/// So many pairs of the same class (score 1) and of different ones (score 0) of each example, drawn at random.
func contrastivePairs(_ examples: LabelledTexts, count: Int, seed: UInt64) throws -> TrainingData {
    let random = RandomStream(seed: seed, step: 2)
    var pairs: [(String, String)] = [], scores: [Double] = []
    for (index, label) in examples.classes.enumerated() {
        for isSame in [true, false] {
            // An example that is alone in its class is paired with itself.
            let others = examples.classes.indices.filter {
                ($0 != index || !isSame) && (examples.classes[$0] == label) == isSame
            }
            let choices = others.isEmpty ? [index] : others
            let stream = random.at(2 * index + (isSame ? 1 : 0))
            for draw in 0..<count {
                let other = choices[min(choices.count - 1, Int(Float(choices.count) * stream.fraction(draw)))]
                pairs.append((examples.texts[index], examples.texts[other]))
                scores.append(isSame ? 1 : 0)
            }
        }
    }
    return try TrainingData(pairs: pairs, scores: scores)
}
