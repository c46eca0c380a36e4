// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceSearch
import SentenceTensors
import SentenceTokenizers
public import SentenceTransformers

/// A model that is only a table of vectors of tokens, made from a model of any size; about as fast as tokenising.
///
/// The vector of a token is the teacher's embedding of the token alone, in fewer dimensions, and scaled by how rare the
/// token is. With texts to learn from, the table is then trained so that the mean of a text's vectors points where the
/// teacher's embedding does; the dimensions are then the principal ones of these texts.
///
/// Tulkens and van Dongen, *Model2Vec: Fast State-of-the-Art Static Embeddings*, 2024,
/// <https://github.com/MinishLab/model2vec>.
///
/// - Parameters:
///   - teacher: The model to learn from, whose tokenizer has a `tokenizer.json`.
///   - options: Dimensions, frequencies, vocabulary and texts.
///   - progress: Called with what is done next.
/// - Returns: A model of a `StaticEmbedding` and, as the teacher's are, embeddings of unit length.
/// - Throws: ``TrainingError`` for options that do not fit; what the teacher throws.
public func distillStatic(
    _ teacher: SentenceTransformer, options: StaticDistillationOptions = StaticDistillationOptions(),
    progress: (String) -> Void = { _ in }
) throws -> SentenceTransformer {
    try options.check(teacherDimensions: teacher.embeddingDimension)
    let (tokenizer, tokens) = try StaticVocabulary(teacher, keeping: options.vocabulary).parts
    progress("embedding \(tokens.count.grouped) tokens with the teacher")
    let vectors = try TokenVectors(teacher, threads: options.threads)(tokens)
    let texts = options.texts + GeneratedTexts(tokenizer, seed: options.seed).make(options.generatedTextCount)
    let dimensions = options.dimensions ?? min(256, teacher.embeddingDimension)
    guard !texts.isEmpty else {
        let components = try PrincipalComponents(of: vectors, count: dimensions)
        return try model(components.project(vectors), tokenizer, options, teacher)
    }
    progress("embedding \(texts.count.grouped) texts with the teacher")
    var encoding = EncodeOptions()
    encoding.threads = options.threads
    let wanted = normalizeEmbeddings(try teacher.encode(texts, options: encoding))
    // Directions through the origin, so that cosines stay what they are.
    let components = try PrincipalComponents(throughOriginOf: wanted, count: dimensions)
    let start = try model(components.project(vectors), tokenizer, options, teacher, isTrained: true)
    progress("training on \(texts.count.grouped) texts")
    let data = try TrainingData(texts: texts, embeddings: components.project(wanted))
    return try trained(start, data, options)
}

/// The table as a model; tokens that are about to be trained begin with a length that suits the learning rate.
private func model(
    _ vectors: Matrix, _ tokenizer: Tokenizer, _ options: StaticDistillationOptions, _ teacher: SentenceTransformer,
    isTrained: Bool = false
) throws -> SentenceTransformer {
    let startLength: Float = 0.3
    var table = vectors.tensor
    if let weight = options.frequencyWeight {
        table = table.scalingRows(by: ZipfWeights(count: table.rows, weight: weight).weights)
    }
    if isTrained {
        let sum = (0..<table.rows).reduce(Float(0)) {
            $0 + Float(table.rowRange($1..<$1 + 1).squaredLength.squareRoot())
        }
        table = (startLength * Float(table.rows) / max(sum, .leastNormalMagnitude)) * table
    }
    let pipeline = ModelPipeline(
        [try StaticEmbedding(tokenizer, table: table), Normalize()], kind: .sentenceTransformer,
        directory: teacher.directory)
    return try SentenceTransformer(pipeline: pipeline)
}

private func trained(
    _ model: SentenceTransformer, _ data: TrainingData, _ options: StaticDistillationOptions
) throws -> SentenceTransformer {
    var arguments = TrainingArguments(
        epochs: options.epochs, batchSize: options.batchSize, learningRate: options.learningRate)
    arguments.seed = options.seed
    arguments.threads = options.threads
    arguments.maxGradientNorm = 0
    let trainer = SentenceTransformerTrainer(
        model: model, arguments: arguments, datasets: [data], loss: .embedDistill(distance: .cosine))
    return try trainer.trainBlocking().model
}

/// How much tokens count, if the one with number n is n times as rare as the first (Zipf's law).
///
/// Tokenizers number the tokens of a vocabulary by how frequent they are, or by when merges made them.
struct ZipfWeights {
    let weights: [Float]

    init(count: Int, weight: Double) {
        let sum = (0..<count).reduce(0) { $0 + 1 / Double($1 + 2) }
        weights = (0..<count).map { index in
            let frequency = 1 / Double(index + 2) / sum
            return Float(weight / (weight + frequency))
        }
    }
}

extension Tensor {
    /// The sum of the squares of all elements.
    fileprivate var squaredLength: Double { floats.reduce(0) { $0 + Double($1) * Double($1) } }
}
