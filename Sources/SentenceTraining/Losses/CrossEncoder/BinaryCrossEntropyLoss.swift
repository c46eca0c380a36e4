// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// How unlikely the labels are, given the scores of pairs as logits: the mean of
/// -w y log σ(x) - (1 - y) log(1 - σ(x)).
package struct BinaryCrossEntropyLoss: RegisteredLoss {
    package static let name = "BinaryCrossEntropyLoss"
    private let activation: Activation
    private let positiveWeight: Float?

    package init(activation: Activation = .identity, positiveWeight: Float?) {
        self.activation = activation
        self.positiveWeight = positiveWeight
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(
            activation: try arguments.activation("activation_fn"),
            positiveWeight: try arguments.optionalFloat("pos_weight"))
    }

    package var shape: LossShape { LossShape(columns: 1...1, labels: .number) }
    package var arguments: JSONObject {
        [
            "activation_fn": .string(LossArguments.torchName(of: activation)),
            "pos_weight": positiveWeight.map { .double(Double($0)) } ?? .null,
        ]
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try model.requireScores(for: self)
        guard try CrossEncoder(pipeline: model).labelCount == 1 else {
            throw TrainingError(
                .mismatchedLoss, "\(className) trains a model with 1 label, found several; use CrossEntropyLoss")
        }
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let x = batch.columns[0].activated(activation)
        let y = try Tensor(batch.numbers(for: self), shape: [batch.rows, 1])
        let misses = (positiveWeight ?? 1) * y * (-1 * x).activated(.softPlus)
        return LossValue((misses + (-1 * y + 1) * x.activated(.softPlus)).mean())
    }
}

extension ModelPipeline {
    /// Refuses a model that gives no scores of pairs.
    func requireScores(for loss: any Loss) throws {
        guard kind == .crossEncoder else {
            throw TrainingError(.mismatchedLoss, "\(loss.className) trains cross-encoders, found a \(kind)")
        }
    }
}

extension TrainingLoss {
    /// How unlikely the labels are, from 0 to 1, given the scores of pairs.
    ///
    /// - Parameter positiveWeight: How much more a label of 1 counts than one of 0.
    /// - Returns: The loss.
    public static func binaryCrossEntropy(positiveWeight: Float? = nil) -> TrainingLoss {
        TrainingLoss(BinaryCrossEntropyLoss(positiveWeight: positiveWeight))
    }
}
