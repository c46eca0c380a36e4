// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A reranker (cross-encoder): pairs of texts in, scores out.
///
/// A cross-encoder reads both texts at once. That is more accurate than comparing two embeddings, but has to be
/// computed for every pair; so usually a ``SentenceTransformer`` retrieves candidates and a cross-encoder reranks them.
///
/// ```swift
/// let model = try await CrossEncoder("cross-encoder/stsb-distilroberta-base")
/// for hit in try await model.rank("A man is eating pasta.", documents: corpus) {
///     print(hit.score, hit.text)
/// }
/// ```
///
/// Nogueira and Cho, *Passage Re-ranking with BERT*, 2019, <https://arxiv.org/abs/1901.04085>.
public final class CrossEncoder: BaseModel {
    /// None, because scores are not compared.
    public typealias Similarity = NoSimilarity

    /// A cross-encoder.
    public static let kind = ModelKind.crossEncoder

    /// The model's modules and settings.
    public let pipeline: ModelPipeline
    /// The activation that turns logits into scores unless the options have another.
    public let activation: ScoreActivation
    /// The number of scores of a pair: 1 for rerankers.
    public let labelCount: Int

    /// Creates a model from a loaded pipeline.
    ///
    /// - Throws: ``SentenceTransformersError`` if its modules do not produce scores.
    public convenience init(pipeline: ModelPipeline) throws {
        guard let labelCount = try pipeline.sizes(of: .scores) else {
            if try pipeline.sizes(of: .sentenceEmbedding) != nil {
                throw PlainCheckpoint.wrongKind(
                    pipeline.directory, found: .sentenceTransformer, opensAs: .crossEncoder)
            }
            throw SentenceTransformersError(
                .mismatchedModules, "the modules of the model in \(pipeline.directory.path) give no scores")
        }
        let activation = try pipeline.scoreActivation(labelCount: labelCount)
        self.init(pipeline, labelCount, activation)
    }

    private init(_ pipeline: ModelPipeline, _ labelCount: Int, _ activation: ScoreActivation) {
        var pipeline = pipeline
        pipeline.settings.activationPath = activation.path
        self.pipeline = pipeline
        self.labelCount = labelCount
        self.activation = activation
    }

    /// The same model with another activation, which is also saved with it.
    public func with(activation: ScoreActivation) -> CrossEncoder { CrossEncoder(pipeline, labelCount, activation) }

    /// The number of scores.
    public var resultDescription: String {
        (labelCount == 1 ? "one score" : "\(labelCount) scores (\(labelNames.joined(separator: ", ")))")
            + " for each pair, \(activation.rawValue)"
    }

    /// The names of the labels, in the order of the scores; "LABEL_0" and so on if the model has none.
    public var labelNames: [String] {
        let config = (pipeline.modules.first as? Transformer)?.config
        let names = config?.values["id2label"]?.asObject ?? [:]
        return (0..<labelCount).map { names["\($0)"]?.asString ?? "LABEL_\($0)" }
    }
}
