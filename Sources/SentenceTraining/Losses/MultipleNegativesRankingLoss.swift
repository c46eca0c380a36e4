// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// The positive of an anchor against all other documents of the batch (InfoNCE).
///
/// With s = scale · similarity, over rows i: mean of log Zᵢ - s(qᵢ, dᵢ), where Zᵢ sums exp(s) over what the directions
/// compare: qᵢ with all documents, qᵢ with the other queries, dᵢ with all queries, dᵢ with the documents of other rows.
///
/// Henderson et al., *Efficient Natural Language Response Suggestion for Smart Reply*, 2017,
/// <https://arxiv.org/abs/1705.00652>; directions: Li et al., *Towards General Text Embeddings with Multi-stage
/// Contrastive Learning*, 2023, <https://arxiv.org/abs/2308.03281>.
package struct MultipleNegativesRankingLoss: RegisteredLoss {
    package static let name = "MultipleNegativesRankingLoss"
    private let scale: Float
    private let similarity: LossSimilarity
    private let directions: [ContrastiveDirection]
    private let isJoint: Bool
    private let hardness: ContrastiveHardness?

    package init(
        scale: Float, similarity: LossSimilarity, directions: [ContrastiveDirection], isJoint: Bool,
        hardness: ContrastiveHardness?
    ) {
        self.scale = scale
        self.similarity = similarity
        self.directions = ContrastiveDirection.allCases.filter(directions.contains)
        self.isJoint = isJoint
        self.hardness = hardness
    }

    package init(_ arguments: inout LossArguments) throws {
        try self.init(&arguments, scale: 20, similarity: .cosine)
    }

    /// Reads the arguments of a loss that differs in its defaults.
    init(_ arguments: inout LossArguments, scale: Float, similarity: LossSimilarity) throws {
        arguments.ignore("gather_across_devices")
        let mode = try arguments.choice("hardness_mode", of: ContrastiveHardness.Mode.self)
        let strength = try arguments.float("hardness_strength", default: 0)
        self.init(
            scale: try arguments.float("scale", default: scale),
            similarity: try arguments.choice("similarity_fct") ?? similarity,
            directions: try arguments.choices("directions") ?? [.queryToDocument],
            isJoint: try arguments.choice("partition_mode", of: Partition.self) != .perDirection,
            hardness: mode.map { ContrastiveHardness($0, strength: strength) })
    }

    private enum Partition: String, LossChoice {
        case joint
        case perDirection = "per_direction"
    }

    package var shape: LossShape { .atLeast(2, labels: .none) }

    package var arguments: JSONObject {
        [
            "scale": .double(Double(scale)), "similarity_fct": .string(similarity.rawValue),
            "gather_across_devices": .bool(false),
            "directions": .array(directions.map { .string($0.rawValue) }),
            "partition_mode": .string(isJoint ? "joint" : "per_direction"),
            "hardness_mode": hardness.map { .string($0.mode.rawValue) } ?? .null,
            "hardness_strength": .double(Double(hardness?.strength ?? 0)),
        ]
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        guard scale > 0 else { throw TrainingError(.invalidArgument, "scale is \(scale); it must be above 0") }
        guard directions.contains(.queryToDocument) else {
            throw TrainingError(.invalidArgument, "directions must contain query_to_doc, which holds the positives")
        }
        guard isJoint || !directions.contains(where: { $0 == .queryToQuery || $0 == .documentToDocument }) else {
            throw TrainingError(
                .invalidArgument,
                "partition_mode per_direction goes with query_to_doc and doc_to_query only; use joint for the others")
        }
        guard hardness.map({ $0.strength >= 0 }) ?? true else {
            throw TrainingError(.invalidArgument, "hardness_strength must not be negative")
        }
    }

    package func callAsFunction(_ batch: LossBatch) -> LossValue {
        let queries = batch.columns[0], documents = Array(batch.columns[1...])
        let rows = queries.rows, all = Tensor.above(documents)
        let scores = scale * similarity(queries, all)
        let positives = scores.diagonal()
        let alternatives = directions.map { direction in
            switch direction {
            case .queryToDocument: hardness.map { scores + (1 / scale) * $0.penalty(scores) } ?? scores
            case .queryToQuery: scale * similarity(queries, queries) + excluding(rows, rows)
            case .documentToQuery: scale * similarity(documents[0], queries)
            case .documentToDocument: scale * similarity(documents[0], all) + excluding(rows, all.rows)
            }
        }
        let logSums =
            isJoint
            ? Tensor.beside(alternatives).logSumExp()
            : (1 / Float(alternatives.count))
                * alternatives.dropFirst().reduce(alternatives[0].logSumExp()) { $0 + $1.logSumExp() }
        return LossValue((logSums.reshaped([rows, 1]) - positives).mean())
    }

    /// Takes what belongs to the row itself out of the alternatives.
    private func excluding(_ rows: Int, _ columns: Int) -> Tensor {
        .mask(rows, columns) { $1 % rows == $0 ? -.infinity : 0 }
    }
}

/// What an in-batch loss compares.
public enum ContrastiveDirection: String, Sendable, CaseIterable, LossChoice {
    /// Each query with all documents.
    case queryToDocument = "query_to_doc"
    /// Each query with the other queries.
    case queryToQuery = "query_to_query"
    /// Each positive with all queries.
    case documentToQuery = "doc_to_query"
    /// Each positive with the documents of other rows.
    case documentToDocument = "doc_to_doc"
}

/// How much more negatives count that are close to the query.
///
/// Lan et al., *LLaVE: Large Language and Vision Embedding Models with Hardness-Weighted Contrastive Learning*, 2025,
/// <https://arxiv.org/abs/2503.04812>.
public struct ContrastiveHardness: Sendable, Equatable {
    /// Which negatives are weighted.
    public enum Mode: String, Sendable, CaseIterable, LossChoice {
        /// The documents of other rows.
        case inBatchNegatives = "in_batch_negatives"
        /// The row's own negatives.
        case hardNegatives = "hard_negatives"
        /// Everything but the positive.
        case allNegatives = "all_negatives"
    }

    /// Which negatives are weighted.
    public var mode: Mode
    /// The factor of the similarity that is added to their scores, at least 0.
    public var strength: Float

    /// The given negatives, weighted so much.
    public init(_ mode: Mode, strength: Float) {
        self.mode = mode
        self.strength = strength
    }

    /// What is added to the scores of queries and documents, `[rows, documents]`, times their scale.
    fileprivate func penalty(_ scores: Tensor) -> Tensor {
        let rows = scores.rows
        return strength * scores.detached
            * .mask(rows, scores.columns) { row, column in
                let isOwn = column % rows == row, isPositive = column == row
                return switch mode {
                case .inBatchNegatives: isOwn ? 0 : 1
                case .hardNegatives: isOwn && !isPositive ? 1 : 0
                case .allNegatives: isPositive ? 0 : 1
                }
            }
    }
}

extension TrainingLoss {
    /// The positive of an anchor against all other documents of the batch; the usual choice for pairs and triplets.
    ///
    /// - Parameters:
    ///   - scale: What similarities are multiplied with, 1 / temperature; above 0.
    ///   - similarity: How embeddings are compared.
    ///   - directions: What is compared; must contain `queryToDocument`.
    ///   - isJoint: Whether all directions share one sum; otherwise the losses of the directions are averaged.
    ///   - hardness: How much more close negatives count; not at all if nil.
    ///   - isCached: Whether texts are embedded twice to save memory; the result is the same to rounding.
    /// - Returns: The loss.
    public static func multipleNegativesRanking(
        scale: Float = 20, similarity: LossSimilarity = .cosine,
        directions: [ContrastiveDirection] = [.queryToDocument], isJoint: Bool = true,
        hardness: ContrastiveHardness? = nil, isCached: Bool = false
    ) -> TrainingLoss {
        let loss = MultipleNegativesRankingLoss(
            scale: scale, similarity: similarity, directions: directions, isJoint: isJoint, hardness: hardness)
        return TrainingLoss(isCached ? CachedLoss(loss) : loss)
    }
}
