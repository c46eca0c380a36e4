// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// ``CoSENTLoss`` with a similarity that keeps its slope where the cosine is flat: |cos(a, b) + sin(a, b)|.
///
/// The halves of a normalised vector are the real and the imaginary parts of complex numbers; the sine is that of their
/// angles. Of several columns, the first negative and all others count as pairs whose label is 1 less that of the
/// positive. Li and Li, *AnglE-optimized Text Embeddings*, 2023, <https://arxiv.org/abs/2309.12871>.
package struct AnglELoss: RegisteredLoss {
    package static let name = "AnglELoss"
    private let scale: Float

    package init(scale: Float) { self.scale = scale }

    package init(_ arguments: inout LossArguments) throws {
        try arguments.require("similarity_fct", to: "pairwise_angle_sim")
        self.init(scale: try arguments.float("scale", default: 20))
    }

    package var shape: LossShape { .atLeast(2, labels: .optional) }
    package var arguments: JSONObject {
        ["scale": .double(Double(scale)), "similarity_fct": "pairwise_angle_sim"]
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let anchors = batch.columns[0], others = batch.columns.dropFirst()
        guard batch.labels != nil || others.count > 1 else {
            throw batch.labelError(self, "one number a row for pairs")
        }
        let labels = batch.labels == nil ? [Float](repeating: 1, count: batch.rows) : try batch.numbers(for: self)
        let scores = Tensor.above(others.map { Self.similarity(anchors, $0) })
        let all = labels + (1..<others.count).flatMap { _ in labels.map { 1 - $0 } }
        return LossValue((scale * scores).disorder(all))
    }

    /// Each row of `a` with the same row of `b`: `[n, 1]`.
    private static func similarity(_ a: Tensor, _ b: Tensor) -> Tensor {
        func halves(_ x: Tensor) -> (Tensor, Tensor) {
            let x = x.columns % 2 == 0 ? x : Tensor.beside([x, .zeros([x.rows, 1])])
            return (x.columnRange(0..<x.columns / 2), x.columnRange(x.columns / 2..<x.columns))
        }
        let (a, b) = (a.normalized(), b.normalized())
        let (firstA, lastA) = halves(a), (firstB, lastB) = halves(b)
        return (a.rowDots(b) + lastA.rowDots(firstB) - firstA.rowDots(lastB)).mapped(.absolute)
    }
}

extension TrainingLoss {
    /// As ``coSENT(scale:similarity:)``, with a similarity that keeps its slope where the cosine is flat.
    ///
    /// - Parameter scale: What similarities are multiplied with.
    /// - Returns: The loss.
    public static func anglE(scale: Float = 20) -> TrainingLoss { TrainingLoss(AnglELoss(scale: scale)) }
}
