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

/// How far the ranks of a query's documents are from those that labels give them, the best ones counting more: the mean
/// over documents of (rᵢ - r̂ᵢ)² / log₂(rᵢ + 1), with r̂ᵢ = 1 + Σ_{j ≠ i} σ(α (sⱼ - sᵢ)); equal labels share their mean rank.
///
/// Gupta et al., *Rank-DistiLLM: Closing the Effectiveness Gap Between Cross-Encoders and LLMs for Passage Re-Ranking*,
/// 2024, <https://arxiv.org/abs/2405.07920>, after Qin et al., *A General Approximation Framework for Direct Optimization
/// of Information Retrieval Measures*, 2010, <https://doi.org/10.1007/s10791-009-9124-x>.
package struct ADRMSELoss: ListwiseLoss {
    package static let name = "ADRMSELoss"
    package let activation: Activation
    private let alpha: Float

    package init(activation: Activation = .identity, alpha: Float) {
        self.activation = activation
        self.alpha = alpha
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(
            activation: try arguments.listwiseActivation(), alpha: try arguments.float("alpha", default: 1))
    }

    package var arguments: JSONObject {
        [
            "alpha": .double(Double(alpha)), "activation_fn": .string(LossArguments.torchName(of: activation)),
        ]
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let lists = try batch.rankedLists(for: self, activation: activation)
        let parts = lists.map { list in
            let ranks = list.labels.map { label in
                let better = list.labels.count { $0 > label }, equal = list.labels.count { $0 == label }
                return Float(better) + Float(equal + 1) / 2
            }
            // The document itself adds 1/2.
            let found = (-alpha * list.differences).activated(.sigmoid).rowSums() + 0.5
            let missed = (found - Tensor(ranks, shape: [list.count, 1])).squared()
            return (Tensor(ranks.map { 1 / log2($0 + 1) }, shape: [list.count, 1]) * missed).sum()
        }
        return sum(parts, times: 1 / Float(max(1, lists.reduce(0) { $0 + $1.count })))
    }
}

extension TrainingLoss {
    /// How far the ranks of a query's documents are from those that labels give them; for rerankers and lists of documents.
    ///
    /// - Parameter alpha: How steeply a difference of scores becomes one of ranks; above 0.
    /// - Returns: The loss.
    public static func adrMSE(alpha: Float = 1) -> TrainingLoss { TrainingLoss(ADRMSELoss(alpha: alpha)) }
}
