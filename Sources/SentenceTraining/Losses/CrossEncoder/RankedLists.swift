// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTransformers

/// The documents of one query: their scores and labels.
struct RankedList {
    /// `[1, documents]`.
    let scores: Tensor
    /// One for each document.
    let labels: [Float]

    /// The number of documents.
    var count: Int { labels.count }

    /// The list in another order.
    func ordered(_ order: [Int]) -> RankedList {
        RankedList(scores: scores.gatheringElements(order).reshaped([1, count]), labels: order.map { labels[$0] })
    }

    /// The differences sᵢ - sⱼ of all scores, `[documents, documents]`.
    var differences: Tensor { scores.reshaped([count, 1]).repeated(columns: count) - scores.repeated(rows: count) }
}

extension LossBatch {
    /// The documents of each query, whether rows have as many of them or not.
    ///
    /// - Parameters:
    ///   - loss: What asks.
    ///   - activation: What scores go through first.
    /// - Returns: A list for each query.
    /// - Throws: ``TrainingError`` if there is not one label for each document.
    func rankedLists(for loss: any Loss, activation: Activation) throws -> [RankedList] {
        guard let labels else { throw labelError(loss, "one label for each document") }
        let scores = Tensor.above(columns).activated(activation), numbers = labels.floats
        let rows = columns.first?.rows ?? 0
        guard numbers.count == scores.count, listCounts != nil || columns.count == 1 || labels.shape.first == rows
        else {
            throw labelError(loss, "one label for each of \(scores.count) documents")
        }
        if let listCounts {
            let lists = TextOffsets(counts: listCounts)
            return listCounts.indices.map { row in
                let range = lists[row]
                return RankedList(
                    scores: scores.rowRange(range).reshaped([1, range.count]), labels: Array(numbers[range]))
            }
        }
        return (0..<rows).map { row in
            let places = columns.indices.map { $0 * rows + row }
            return RankedList(
                scores: scores.gatheringElements(places).reshaped([1, columns.count]),
                labels: Array(numbers[row * columns.count..<(row + 1) * columns.count]))
        }
    }
}

/// A loss of the scores of a query's documents, in lists of any lengths.
package protocol ListwiseLoss: RegisteredLoss {
    /// What scores go through first.
    var activation: Activation { get }
}

extension ListwiseLoss {
    package var shape: LossShape { LossShape(columns: 1...Int.max, labels: .list) }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try model.requireSingleScore(for: self)
    }

    /// The sum of tensors of shape `[1, 1]` or `[]`, times a factor.
    func sum(_ parts: [Tensor], times factor: Float) -> LossValue {
        LossValue(factor * Tensor.above(parts.map { $0.reshaped([1, 1]) }).sum())
    }
}

extension LossArguments {
    /// The function that scores go through; texts always run through the model in units, so that there are no mini-batches.
    mutating func listwiseActivation() throws -> Activation {
        ignore("mini_batch_size")
        return try activation("activation_fn")
    }
}

extension ModelPipeline {
    /// Refuses a model that does not give one score for each pair.
    func requireSingleScore(for loss: any Loss) throws {
        try requireScores(for: loss)
        let count = try CrossEncoder(pipeline: self).labelCount
        guard count == 1 else {
            throw TrainingError(
                .mismatchedLoss, "\(loss.className) trains a model with 1 label, found \(count)")
        }
    }
}
