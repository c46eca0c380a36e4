// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How many pairs of a query's documents stand in the wrong order, by how much that costs: the mean over pairs with yᵢ > yⱼ
/// of -wᵢⱼ log₂ σ(σ₀ (sᵢ - sⱼ)).
///
/// Wang et al., *The LambdaLoss Framework for Ranking Metric Optimization*, 2018,
/// <https://doi.org/10.1145/3269206.3271784>.
package struct LambdaLoss: ListwiseLoss {
    package static let name = "LambdaLoss"
    package let activation: Activation
    let weighting: LambdaWeighting
    private let k: Int?
    private let sigma: Float
    private let epsilon: Float
    private let isBinary: Bool

    package init(
        activation: Activation = .identity, weighting: LambdaWeighting, k: Int?, sigma: Float, epsilon: Float = 1e-10,
        isBinary: Bool = true
    ) {
        self.activation = activation
        self.weighting = weighting
        self.k = k
        self.sigma = sigma
        self.epsilon = epsilon
        self.isBinary = isBinary
    }

    package init(_ arguments: inout LossArguments) throws {
        let weighting =
            arguments.isNull("weighting_scheme")
            ? LambdaWeighting.none : try arguments.choice("weighting_scheme") ?? .ndcgLoss2PP
        try self.init(&arguments, weighting)
    }

    init(_ arguments: inout LossArguments, _ weighting: LambdaWeighting) throws {
        let logarithm = try arguments.string("reduction_log") ?? "binary"
        guard ["binary", "natural"].contains(logarithm) else {
            throw TrainingError(
                .invalidArgument,
                "\(arguments.name): reduction_log must be \"binary\" or \"natural\", found \(logarithm.quoted)")
        }
        self.init(
            activation: try arguments.listwiseActivation(), weighting: weighting, k: try arguments.optionalInt("k"),
            sigma: try arguments.float("sigma", default: 1), epsilon: try arguments.float("eps", default: 1e-10),
            isBinary: logarithm == "binary")
    }

    package var arguments: JSONObject {
        [
            "weighting_scheme": .string(weighting.argument), "k": k.map { .int($0) } ?? .null,
            "sigma": .double(Double(sigma)), "eps": .double(Double(epsilon)),
            "reduction_log": isBinary ? "binary" : "natural",
            "activation_fn": .string(LossArguments.torchName(of: activation)),
        ]
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try model.requireSingleScore(for: self)
        if let k, k < 1 { throw TrainingError(.invalidArgument, "k is \(k); it must be at least 1") }
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let lists = try batch.rankedLists(for: self, activation: activation)
        var pairCount = 0
        let parts = lists.map { list in
            let numbers = list.scores.floats
            let sorted = list.ordered((0..<list.count).sorted { (numbers[$1], $0) < (numbers[$0], $1) })
            let gains = gains(sorted.labels)
            let weights = Tensor.mask(list.count, list.count) { i, j in
                let isAmongBest = k.map { i < $0 || j < $0 } ?? true
                guard isAmongBest, weighting == .ndcgLoss1 || sorted.labels[i] > sorted.labels[j] else { return 0 }
                pairCount += 1
                return weighting(i, j, gains)
            }
            // log σ(x) = -log(1 + exp(-x))
            return (weights * (-sigma * sorted.differences).activated(.softPlus)).sum()
        }
        let unit: Float = isBinary ? 1 / log(2) : 1
        return sum(parts, times: unit / Float(max(1, pairCount)))
    }

    /// What each document adds to the discounted cumulative gain, as a share of the most that is possible.
    private func gains(_ labels: [Float]) -> [Float] {
        let best = labels.sorted(by: >).prefix(k ?? labels.count).enumerated().reduce(Float(0)) { sum, document in
            sum + (exp2(max(0, document.element)) - 1) / LambdaWeighting.discount(document.offset + 1)
        }
        return labels.map { (exp2(max(0, $0)) - 1) / max(best, epsilon) }
    }
}

/// How much a pair of documents counts that stands in the wrong order.
public enum LambdaWeighting: String, Sendable, CaseIterable {
    /// All the same.
    case none = "NoWeightingScheme"
    /// By the gain of the first one at its rank, for all pairs.
    case ndcgLoss1 = "NDCGLoss1Scheme"
    /// By what a step of their distance in ranks costs; a tighter bound of NDCG.
    case ndcgLoss2 = "NDCGLoss2Scheme"
    /// By what exchanging the two costs.
    case lambdaRank = "LambdaRankScheme"
    /// Ten times `ndcgLoss2` and `lambdaRank`.
    case ndcgLoss2PP = "NDCGLoss2PPScheme"

    /// The weight of the first of these two in ``ndcgLoss2PP``.
    private static let mu: Float = 10

    /// What the gain of a rank is divided by.
    static func discount(_ rank: Int) -> Float { log2(1 + Float(rank)) }

    /// The weight of the documents at two places, from 0, given the gains of all.
    func callAsFunction(_ i: Int, _ j: Int, _ gains: [Float]) -> Float {
        let gain = abs(gains[i] - gains[j]), distance = abs(i - j)
        switch self {
        case .none: return 1
        case .ndcgLoss1: return gains[i] / Self.discount(i + 1)
        case .ndcgLoss2:
            return distance == 0 ? 0 : abs(1 / Self.discount(distance) - 1 / Self.discount(distance + 1)) * gain
        case .lambdaRank: return abs(1 / Self.discount(i + 1) - 1 / Self.discount(j + 1)) * gain
        case .ndcgLoss2PP:
            return Self.mu * LambdaWeighting.ndcgLoss2(i, j, gains) + LambdaWeighting.lambdaRank(i, j, gains)
        }
    }
}

extension LambdaWeighting: LossChoice {
    package var argument: String { "sentence_transformers.cross_encoder.losses.lambda_loss.\(rawValue)" }
    /// The name of the class, with the path of its module or without.
    package init?(argument: String) { self.init(rawValue: argument.split(separator: ".").last.map(String.init) ?? "") }
}

extension TrainingLoss {
    /// How many pairs of a query's documents stand in the wrong order, by how much that costs; for rerankers and lists of
    /// documents.
    ///
    /// - Parameters:
    ///   - weighting: How much each pair counts.
    ///   - k: How many of the best documents count; a pair does if one of its two is among them. All if nil.
    ///   - sigma: How steeply a difference of scores counts; above 0.
    /// - Returns: The loss.
    public static func lambda(weighting: LambdaWeighting = .ndcgLoss2PP, k: Int? = nil, sigma: Float = 1)
        -> TrainingLoss
    {
        TrainingLoss(LambdaLoss(weighting: weighting, k: k, sigma: sigma))
    }
}
