// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors

/// How unlikely the order of a query's documents is: ``PListMLELoss`` with equal weights.
///
/// Xia et al., *Listwise Approach to Learning to Rank: Theory and Algorithm*, 2008,
/// <https://doi.org/10.1145/1390156.1390306>.
package struct ListMLELoss: ListwiseLoss {
    package static let name = "ListMLELoss"
    private let loss: PListMLELoss

    package init(respectsInputOrder: Bool) {
        loss = PListMLELoss(isWeighted: false, respectsInputOrder: respectsInputOrder)
    }

    package init(_ arguments: inout LossArguments) throws {
        loss = PListMLELoss(
            activation: try arguments.listwiseActivation(), isWeighted: false,
            respectsInputOrder: try arguments.bool("respect_input_order", default: true))
    }

    package var activation: Activation { loss.activation }
    package var arguments: JSONObject { loss.arguments.filter { $0.key != "lambda_weight" } }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue { try loss(batch) }
}

extension TrainingLoss {
    /// How unlikely the order of a query's documents is; for rerankers and lists of documents.
    ///
    /// - Parameter respectsInputOrder: Whether documents stand best first already; otherwise labels tell their order.
    /// - Returns: The loss.
    public static func listMLE(respectsInputOrder: Bool = true) -> TrainingLoss {
        TrainingLoss(ListMLELoss(respectsInputOrder: respectsInputOrder))
    }
}
