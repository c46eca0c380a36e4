// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
import SentenceTokenizers
package import SentenceTransformers

/// The positive of a query against its negatives and documents of other rows: the mean over rows of
/// -log(exp(s(q, p)) / Σ exp(s(q, d))), with s = scale · σ(score).
///
/// Henderson et al., *Efficient Natural Language Response Suggestion for Smart Reply*, 2017,
/// <https://arxiv.org/abs/1705.00652>.
package struct CrossEncoderMultipleNegativesRankingLoss: RegisteredLoss {
    package static let name = "MultipleNegativesRankingLoss"
    private let activation: Activation
    private let scale: Float
    /// How many documents of other rows each query is paired with; all if nil.
    private let negativeCount: Int?

    package init(activation: Activation = .sigmoid, scale: Float, negativeCount: Int?) {
        self.activation = activation
        self.scale = scale
        self.negativeCount = negativeCount
    }

    package init(_ arguments: inout LossArguments) throws {
        let count = arguments.isNull("num_negatives") ? nil : try arguments.int("num_negatives", default: 4)
        let isGiven = arguments.has("activation_fn")
        self.init(
            activation: isGiven ? try arguments.activation("activation_fn") : .sigmoid,
            scale: try arguments.float("scale", default: 10), negativeCount: count)
    }

    package var shape: LossShape { .atLeast(1, labels: .none) }
    package var arguments: JSONObject {
        [
            "scale": .double(Double(scale)), "num_negatives": negativeCount.map { .int($0) } ?? .null,
            "activation_fn": .string(LossArguments.torchName(of: activation)),
        ]
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try model.requireSingleScore(for: self)
        if let negativeCount, negativeCount < 0 {
            throw TrainingError(.invalidArgument, "num_negatives is \(negativeCount); it must be 0 or more")
        }
    }

    /// Puts pairs with documents of other rows between those of the positive and those of the row's own negatives.
    package func pairing(_ batch: TrainingBatch, random: RandomStream) -> TrainingBatch {
        let columns = batch.columns, rows = columns[0].count
        // Column after column, as the reference numbers them.
        let strangers = (0..<rows).map { row in
            (0..<columns.count * rows).filter { $0 % rows != row }
        }
        let all = rows * columns.count - columns.count
        let count = min(negativeCount ?? all, all)
        var paired = batch
        let chosen = strangers.enumerated().map { row, strangers in
            count == strangers.count
                ? strangers : random.at(row).choosing(count, of: strangers.count).map { strangers[$0] }
        }
        let added = (0..<count).map { place in
            (0..<rows).map { row in
                let document = columns[chosen[row][place] / rows][chosen[row][place] % rows]
                return TokenizerInput(columns[0][row].text, pair: document.pair)
            }
        }
        paired.columns = [columns[0]] + added + columns.dropFirst()
        return paired
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let scores = scale * Tensor.beside(batch.columns).activated(activation)
        return LossValue(scores.crossEntropy([Int](repeating: 0, count: scores.rows)))
    }
}

extension TrainingLoss {
    /// The positive of a query against its negatives and documents of other rows; for rerankers.
    ///
    /// - Parameters:
    ///   - scale: What scores are multiplied with, after they went through a sigmoid; above 0.
    ///   - negativeCount: How many documents of other rows, drawn at random, each query is paired with; all if nil.
    ///   - isCached: Whether pairs are computed twice to save memory; the result is the same to rounding.
    /// - Returns: The loss.
    public static func crossEncoderMultipleNegativesRanking(
        scale: Float = 10, negativeCount: Int? = 4, isCached: Bool = false
    ) -> TrainingLoss {
        let loss = CrossEncoderMultipleNegativesRankingLoss(scale: scale, negativeCount: negativeCount)
        return TrainingLoss(isCached ? CachedLoss(loss) : loss)
    }
}
