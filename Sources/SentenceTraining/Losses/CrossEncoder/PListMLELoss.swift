// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How unlikely the order of a query's documents is, the first ones counting more: the mean over queries of
/// -Σᵢ λᵢ log(exp(sᵢ) / Σ_{j ≥ i} exp(sⱼ)), λᵢ ∝ 2ⁿ⁻ⁱ - 1 with the sum 1.
///
/// Lan et al., *Position-Aware ListMLE: A Sequential Learning Process for Ranking*, 2014,
/// <https://auai.org/uai2014/proceedings/individuals/164.pdf>.
package struct PListMLELoss: ListwiseLoss {
    package static let name = "PListMLELoss"
    private static let weightName = "sentence_transformers.cross_encoder.losses.plist_mle.PListMLELambdaWeight"
    /// Added to the sum of weights, which is 0 for a single document.
    private static let epsilon: Float = 1e-10

    package let activation: Activation
    private let isWeighted: Bool
    private let respectsInputOrder: Bool
    /// How much a rank, from 1 on, counts in a list of so many documents; the usual weights if nil.
    private let rankDiscount: (@Sendable (_ rank: Int, _ count: Int) -> Float)?

    package init(
        activation: Activation = .identity, isWeighted: Bool = true, respectsInputOrder: Bool,
        rankDiscount: (@Sendable (_ rank: Int, _ count: Int) -> Float)? = nil
    ) {
        self.rankDiscount = rankDiscount
        self.activation = activation
        self.isWeighted = isWeighted
        self.respectsInputOrder = respectsInputOrder
    }

    package init(_ arguments: inout LossArguments) throws {
        let activation = try arguments.listwiseActivation()
        let isWeighted = !arguments.isNull("lambda_weight")
        if isWeighted { try arguments.requireClass("lambda_weight", "PListMLELambdaWeight") }
        self.init(
            activation: activation, isWeighted: isWeighted,
            respectsInputOrder: try arguments.bool("respect_input_order", default: true))
    }

    package var arguments: JSONObject {
        [
            "lambda_weight": isWeighted ? .string(Self.weightName) : .null,
            "activation_fn": .string(LossArguments.torchName(of: activation)),
            "respect_input_order": .bool(respectsInputOrder),
        ]
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let lists = try batch.rankedLists(for: self, activation: activation)
        return sum(lists.map(unlikeliness), times: 1 / Float(lists.count))
    }

    private func unlikeliness(of list: RankedList) -> Tensor {
        let count = list.count
        let sorted =
            respectsInputOrder
            ? list : list.ordered((0..<count).sorted { (list.labels[$1], $0) < (list.labels[$0], $1) })
        let tails = sorted.scores.repeated(rows: count) + .mask(count, count) { $1 < $0 ? -.infinity : 0 }
        let logs = sorted.scores.reshaped([count, 1]) - tails.logSumExp().reshaped([count, 1])
        let weights = isWeighted ? weights(count) : [Float](repeating: 1, count: count)
        return -1 * (Tensor(weights, shape: [count, 1]) * logs).sum()
    }

    /// The weights of the ranks; those of long lists are scaled, so that they and their sum are finite.
    private func weights(_ count: Int) -> [Float] {
        if let rankDiscount { return Self.shares((1...count).map { rankDiscount($0, count) }) }
        let scale = Double(max(0, count - 127))
        let weights = (1...count).map { rank in
            Float(exp2(Double(count - rank) - scale) - exp2(-scale))
        }
        return Self.shares(weights)
    }

    /// The weights, with the sum 1.
    private static func shares(_ weights: [Float]) -> [Float] {
        let sum = weights.reduce(0, +) + epsilon
        return weights.map { $0 / sum }
    }
}

extension TrainingLoss {
    /// How unlikely the order of a query's documents is, the first ones counting more; for rerankers and lists of documents.
    ///
    /// - Parameters:
    ///   - respectsInputOrder: Whether documents stand best first already; otherwise labels tell their order.
    ///   - rankDiscount: How much a rank, from 1 on, counts in a list of so many documents; 2ⁿ⁻ʳ - 1 if nil. The weights of a
    ///     list are scaled to a sum of 1.
    /// - Returns: The loss.
    public static func pListMLE(
        respectsInputOrder: Bool = true, rankDiscount: (@Sendable (_ rank: Int, _ count: Int) -> Float)? = nil
    ) -> TrainingLoss {
        TrainingLoss(PListMLELoss(respectsInputOrder: respectsInputOrder, rankDiscount: rankDiscount))
    }
}
