// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceEncoders
package import SentenceFiles
package import SentenceTensors
public import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How unlikely a text is, given the embedding of the same text with words left out: the mean over its tokens of
/// -log p(token | tokens before it, embedding), by a decoder that is learned too.
///
/// The first column has the damaged texts (``WordDeletion``), the second the whole ones. Wang et al., *TSDAE: Using
/// Transformer-based Sequential Denoising Auto-Encoder for Unsupervised Sentence Embedding Learning*, 2021,
/// <https://arxiv.org/abs/2104.06979>.
package struct DenoisingAutoEncoderLoss: RegisteredLoss {
    package static let name = "DenoisingAutoEncoderLoss"
    /// The model whose transformer becomes the decoder; the trained one, with the same parameters, if nil.
    private let other: SentenceTransformer?
    private var decoder: VectorDecoder?
    private var precision = Precision.float32Highest
    /// The token that fills up texts, which nobody learns to write.
    private var paddingID: Int32?

    package init(decoder: SentenceTransformer?) { other = decoder }

    package init(_ arguments: inout LossArguments) throws {
        let path = try arguments.string("decoder_name_or_path")
        let isTied = try arguments.bool("tie_encoder_decoder", default: true)
        guard isTied == (path == nil) else {
            throw TrainingError(
                .invalidArgument,
                "\(arguments.name): a decoder of its own needs the decoder_name_or_path of its model and "
                    + "tie_encoder_decoder false; one that shares the model's parameters needs neither")
        }
        self.init(decoder: try path.map { try SentenceTransformer(directory: URL(filePath: $0)) })
    }

    package var shape: LossShape { LossShape(columns: 2...2, labels: .none) }
    package var parameters: [NamedParameter] { decoder?.parameters.map { $0.inside("decoder") } ?? [] }
    package var embedding: LossEmbedding {
        var embedding = LossEmbedding()
        embedding.columns = [0]
        return embedding
    }
    package var arguments: JSONObject {
        [
            "decoder_name_or_path": other.map { .string($0.pipeline.directory.path) } ?? .null,
            "tie_encoder_decoder": .bool(other == nil),
        ]
    }

    package mutating func update(_ values: ParameterValues) {
        Execution.with(precision: precision, threads: Parallel.availableThreads) { decoder.update(values) }
    }

    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        precision = model.computePrecision.precision
        let source = try (other?.pipeline ?? model).transformer(for: self)
        let decoder = try Execution.with(precision: precision, threads: Parallel.availableThreads) {
            try source.vectorDecoder(sharesBlocks: other == nil, random)
        }
        let size = try SentenceTransformer(pipeline: model).embeddingDimension
        guard decoder.vectorSize == size else {
            throw TrainingError(
                .mismatchedLoss,
                "\(className): the decoder reads vectors of \(decoder.vectorSize) dimensions, the model's embeddings have "
                    + "\(size)")
        }
        paddingID = source.config.values["pad_token_id"]?.asInt.flatMap { Int32(exactly: $0) }
        self.decoder = decoder
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        guard let decoder else {
            throw TrainingError(.mismatchedLoss, "\(className) has not been prepared for a model")
        }
        let texts = try tokens(of: batch)
        let ids = texts.flatMap { $0.dropLast() }, next = texts.flatMap { $0.dropFirst() }
        let logits = try decoder(
            ids: ids, TextOffsets(counts: texts.map { max(0, $0.count - 1) }), vectors: batch.columns[0])
        let kept = next.indices.filter { next[$0] != paddingID }
        return LossValue(
            (kept.count == next.count ? logits : logits.gatheringRows(kept)).crossEntropy(kept.map { Int(next[$0]) }))
    }

    /// The tokens of the whole texts, as the decoder's tokenizer has them.
    private func tokens(of batch: LossBatch) throws -> [ArraySlice<Int32>] {
        guard let other else { return (0..<batch.rows).map { batch.ids(column: 1, row: $0) } }
        let input = try other.pipeline.route(for: nil).input
        let tokens = try input.tokenize(
            batch.texts[1], prompt: "", maximumLength: input.maximumLength(nil, for: nil), task: nil)
        return (0..<tokens.count).map { tokens.ids[tokens.tokenRange(at: $0)] }
    }
}

extension ModelPipeline {
    /// The transformer that the model begins with.
    ///
    /// - Throws: ``TrainingError`` if it is no sentence transformer that begins with one.
    func transformer(for loss: any Loss) throws -> Transformer {
        let input = try route(for: nil).input
        guard kind == .sentenceTransformer, let transformer = input as? Transformer else {
            throw TrainingError(
                .mismatchedLoss,
                "\(loss.className) trains sentence transformers that begin with a Transformer, found a \(kind) with "
                    + "\(type(of: input).className)")
        }
        return transformer
    }
}

extension TrainingLoss {
    /// How unlikely a text is, given the embedding of the same text with words left out (TSDAE); needs no labels.
    ///
    /// - Parameter decoder: The model whose transformer becomes the decoder; the trained one, with the same parameters, if
    ///   nil.
    /// - Returns: The loss.
    public static func denoisingAutoEncoder(decoder: SentenceTransformer? = nil) -> TrainingLoss {
        TrainingLoss(DenoisingAutoEncoderLoss(decoder: decoder))
    }
}
