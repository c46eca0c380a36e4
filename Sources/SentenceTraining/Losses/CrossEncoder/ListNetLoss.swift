// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors

/// How far the distribution of scores over a query's documents is from that of labels: the mean over queries of
/// -Σᵢ softmax(y)ᵢ log softmax(s)ᵢ.
///
/// Cao et al., *Learning to Rank: From Pairwise Approach to Listwise Approach*, 2007,
/// <https://doi.org/10.1145/1273496.1273513>.
package struct ListNetLoss: ListwiseLoss {
    package static let name = "ListNetLoss"
    package let activation: Activation

    package init(activation: Activation = .identity) { self.activation = activation }

    package init(_ arguments: inout LossArguments) throws { activation = try arguments.listwiseActivation() }

    package var arguments: JSONObject { ["activation_fn": .string(LossArguments.torchName(of: activation))] }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let lists = try batch.rankedLists(for: self, activation: activation)
        let parts = lists.map { list in
            (Tensor(list.labels, shape: [1, list.count]).softmax() * list.scores.logSoftmax()).sum()
        }
        return sum(parts, times: -1 / Float(lists.count))
    }
}

extension TrainingLoss {
    /// How far the distribution of scores over a query's documents is from that of labels; for rerankers and lists of
    /// documents.
    public static func listNet() -> TrainingLoss { TrainingLoss(ListNetLoss()) }
}
