// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// Texts of different rows should be as unlike as random vectors: for each column, over the similarities s of different
/// rows, mean(s)² and max(0, mean(s²) - 1 / size).
///
/// Zhang et al., *Learning Spread-out Local Feature Descriptors*, 2017, <https://arxiv.org/abs/1708.06320>.
package struct GlobalOrthogonalRegularizationLoss: RegisteredLoss {
    package static let name = "GlobalOrthogonalRegularizationLoss"
    private let similarity: LossSimilarity
    private let meanWeight: Float
    private let secondMomentWeight: Float
    private let isAveraged: Bool

    package init(similarity: LossSimilarity, meanWeight: Float, secondMomentWeight: Float, isAveraged: Bool) {
        self.similarity = similarity
        self.meanWeight = meanWeight
        self.secondMomentWeight = secondMomentWeight
        self.isAveraged = isAveraged
    }

    private enum Aggregation: String, LossChoice { case mean, sum }

    package init(_ arguments: inout LossArguments) throws {
        // A weight of null leaves its part out.
        self.init(
            similarity: try arguments.choice("similarity_fct") ?? .cosine,
            meanWeight: try arguments.weight("mean_weight"),
            secondMomentWeight: try arguments.weight("second_moment_weight"),
            isAveraged: try arguments.choice("aggregation", of: Aggregation.self) != .sum)
    }

    package var shape: LossShape { .atLeast(1, labels: .none) }
    package var arguments: JSONObject {
        [
            "similarity_fct": .string(similarity.rawValue), "mean_weight": .double(Double(meanWeight)),
            "second_moment_weight": .double(Double(secondMomentWeight)),
            "aggregation": isAveraged ? "mean" : "sum",
        ]
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        guard meanWeight != 0 || secondMomentWeight != 0 else {
            throw TrainingError(
                .invalidArgument, "\(className): mean_weight or second_moment_weight must differ from 0")
        }
    }

    package func callAsFunction(_ batch: LossBatch) -> LossValue {
        let moments = batch.columns.map { column in
            let rows = column.rows, pairs = Float(max(1, rows * (rows - 1)))
            let others = similarity(column, column) * .mask(rows, rows) { $0 == $1 ? 0 : 1 }
            let mean = (1 / pairs) * others.sum(), second = (1 / pairs) * others.squared().sum()
            return (mean: mean.squared(), second: (second + -1 / Float(column.columns)).rectified())
        }
        let share = isAveraged ? 1 / Float(moments.count) : 1
        func sum(_ parts: [Tensor]) -> Tensor { parts.dropFirst().reduce(parts[0], +) }
        var parts: [(name: String, value: Tensor)] = []
        if meanWeight != 0 { parts.append(("gor_mean", meanWeight * share * sum(moments.map(\.mean)))) }
        if secondMomentWeight != 0 {
            parts.append(("gor_second_moment", secondMomentWeight * share * sum(moments.map(\.second))))
        }
        return LossValue(parts)
    }
}

extension TrainingLoss {
    /// Texts of different rows should be as unlike as random vectors; an addition to other losses.
    ///
    /// - Parameters:
    ///   - similarity: How embeddings are compared.
    ///   - meanWeight: The weight of the mean similarity.
    ///   - secondMomentWeight: The weight of the mean squared similarity.
    ///   - isAveraged: Whether the parts of columns are averaged, not added.
    /// - Returns: The loss.
    public static func globalOrthogonalRegularization(
        similarity: LossSimilarity = .cosine, meanWeight: Float = 1, secondMomentWeight: Float = 1,
        isAveraged: Bool = true
    ) -> TrainingLoss {
        TrainingLoss(
            GlobalOrthogonalRegularizationLoss(
                similarity: similarity, meanWeight: meanWeight, secondMomentWeight: secondMomentWeight,
                isAveraged: isAveraged))
    }
}
