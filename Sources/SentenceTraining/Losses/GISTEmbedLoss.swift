// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
public import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// ``MultipleNegativesRankingLoss`` without the documents that a guide model finds too close to be negatives.
///
/// The mean over rows of -log softmax(cos / temperature)[positive] over the documents of all rows, the other anchors, the
/// other positives, and the negatives of all rows, save those whose similarity for the guide is above that of the
/// positive less a margin. Solatorio, *GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding
/// Fine-tuning*, 2024, <https://arxiv.org/abs/2402.16829>.
package struct GISTEmbedLoss: RegisteredLoss {
    package static let name = "GISTEmbedLoss"
    private let guide: SentenceTransformer
    private let options: GISTOptions

    package init(guide: SentenceTransformer, _ options: GISTOptions = .init()) {
        self.guide = guide
        self.options = options
    }

    package init(_ arguments: inout LossArguments) throws {
        arguments.ignore("gather_across_devices")
        guard let path = try arguments.string("guide") else {
            throw TrainingError(.invalidArgument, "\(arguments.name): guide must be the path of a model, found none")
        }
        var options = GISTOptions()
        options.temperature = try arguments.float("temperature", default: options.temperature)
        options.marginKind = try arguments.choice("margin_strategy") ?? options.marginKind
        options.margin = try arguments.float("margin", default: options.margin)
        options.contrastsAnchors = try arguments.bool("contrast_anchors", default: options.contrastsAnchors)
        options.contrastsPositives = try arguments.bool("contrast_positives", default: options.contrastsPositives)
        self.init(guide: try SentenceTransformer(directory: URL(filePath: path)), options)
    }

    package var shape: LossShape { .atLeast(2, labels: .none) }
    package var arguments: JSONObject {
        [
            "guide": .string(guide.pipeline.directory.path), "temperature": .double(Double(options.temperature)),
            "margin_strategy": .string(options.marginKind.rawValue), "margin": .double(Double(options.margin)),
            "contrast_anchors": .bool(options.contrastsAnchors),
            "contrast_positives": .bool(options.contrastsPositives), "gather_across_devices": false,
        ]
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        guard options.temperature > 0 else {
            throw TrainingError(
                .invalidArgument, "\(className): temperature must be above 0, found \(options.temperature)")
        }
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let guides = try batch.texts.map { texts in
            let embeddings = try guide.encodeWithReceipts(texts).embeddings
            return embeddings.tensor
        }
        return LossValue(value(batch.columns, guides))
    }

    /// The loss of embeddings, and of those of the guide, by columns.
    package func value(_ columns: [Tensor], _ guides: [Tensor]) -> Tensor {
        let positives = LossSimilarity.cosine.pairwise(guides[0], guides[1]).floats
        let limits = positives.map { options.limit($0) }
        /// The similarities of two columns, without what the guide finds too close; `keeps` says what stays.
        func scores(_ a: Int, _ b: Int, keeps: (Int, Int) -> Bool = { _, _ in false }) -> Tensor {
            let guided = LossSimilarity.cosine(guides[a], guides[b]), elements = guided.floats
            let found = LossSimilarity.cosine(columns[a], columns[b])
            return found
                + .mask(found.rows, found.columns) { row, column in
                    elements[row * found.columns + column] > limits[row] && !keeps(row, column) ? -.infinity : 0
                }
        }
        var parts = [scores(0, 1, keeps: ==)]
        if options.contrastsAnchors { parts.append(scores(0, 0)) }
        if options.contrastsPositives { parts.append(scores(1, 1)) }
        for negative in columns.indices.dropFirst(2) { parts.append(scores(0, negative)) }
        return ((1 / options.temperature) * .beside(parts)).crossEntropy(Array(0..<columns[0].rows))
    }
}

/// What a guided loss compares, and what it leaves out.
public struct GISTOptions: Sendable, Equatable {
    /// How a margin is measured.
    public enum MarginKind: String, Sendable, CaseIterable, LossChoice {
        /// As a similarity.
        case absolute
        /// As a share of the positive's similarity.
        case relative
    }

    /// What similarities are divided by; above 0.
    public var temperature: Float = 0.01
    /// How the margin is measured.
    public var marginKind = MarginKind.absolute
    /// How far below the positive's similarity that of a negative must be.
    public var margin: Float = 0
    /// Whether other anchors are negatives of an anchor.
    public var contrastsAnchors = true
    /// Whether other positives are negatives of a positive.
    public var contrastsPositives = true

    /// The reference's settings.
    public init() {}

    /// The similarity above which a text is no negative, given that of the positive.
    func limit(_ positive: Float) -> Float {
        switch marginKind {
        case .absolute: positive - margin
        case .relative: positive - abs(positive) * margin
        }
    }
}

extension TrainingLoss {
    /// The positive of an anchor against the other texts of the batch, without those that a guide model finds too close.
    ///
    /// - Parameters:
    ///   - guide: The model that says how close texts are; it sees the texts without prompts.
    ///   - options: What is compared and left out.
    ///   - isCached: Whether texts are embedded twice to save memory; the result is the same to rounding.
    /// - Returns: The loss.
    public static func gistEmbed(
        guide: SentenceTransformer, options: GISTOptions = .init(), isCached: Bool = false
    ) -> TrainingLoss {
        let loss = GISTEmbedLoss(guide: guide, options)
        return TrainingLoss(isCached ? CachedLoss(loss) : loss)
    }
}
