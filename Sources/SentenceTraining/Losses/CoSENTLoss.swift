// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// Pairs with larger labels should be more alike: log(1 + Σ exp(sⱼ - sᵢ)) over all pairs with yᵢ > yⱼ.
///
/// With s = scale · similarity. Su, *CoSENT: a better way to sentence embeddings than Sentence-BERT*, 2022,
/// <https://kexue.fm/archives/8847>; Huang et al., *CoSENT: Consistent Sentence Embedding via Similarity Ranking*, 2024,
/// <https://doi.org/10.1109/TASLP.2024.3402087>.
package struct CoSENTLoss: RegisteredLoss {
    package static let name = "CoSENTLoss"
    private let scale: Float
    private let similarity: LossSimilarity

    package init(scale: Float, similarity: LossSimilarity) {
        self.scale = scale
        self.similarity = similarity
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(
            scale: try arguments.float("scale", default: 20),
            similarity: try arguments.choice("similarity_fct") ?? .cosine)
    }

    package var shape: LossShape { LossShape(columns: 2...2, labels: .number) }
    package var arguments: JSONObject {
        ["scale": .double(Double(scale)), "similarity_fct": .string(similarity.pairwiseArgument)]
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let scores = similarity.pairwise(batch.columns[0], batch.columns[1])
        return LossValue((scale * scores).disorder(try batch.numbers(for: self)))
    }
}

extension Tensor {
    /// log(1 + Σ exp(sⱼ - sᵢ)) over all i, j with yᵢ > yⱼ: how much the scores contradict the order of the labels.
    func disorder(_ labels: [Float]) -> Tensor {
        var higher: [Int] = [], lower: [Int] = []
        for i in labels.indices {
            for j in labels.indices where labels[i] > labels[j] {
                higher.append(i)
                lower.append(j)
            }
        }
        let differences = gatheringElements(lower) - gatheringElements(higher)
        return Tensor.beside([.zeros([1, 1]), differences.reshaped([1, lower.count])]).logSumExp()
    }
}

extension TrainingLoss {
    /// Pairs with larger labels should be more alike, whatever the labels' range; the usual choice for scored pairs.
    ///
    /// - Parameters:
    ///   - scale: What similarities are multiplied with.
    ///   - similarity: How embeddings are compared.
    /// - Returns: The loss.
    public static func coSENT(scale: Float = 20, similarity: LossSimilarity = .cosine) -> TrainingLoss {
        TrainingLoss(CoSENTLoss(scale: scale, similarity: similarity))
    }
}
