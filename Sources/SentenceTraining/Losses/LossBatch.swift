// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTokenizers
package import SentenceTransformers

/// What a loss sees of a batch.
package struct LossBatch: Sendable {
    /// The embeddings of each column, `[rows, size]`; of late interaction the vectors of all tokens,
    /// `[tokens, size]`.
    package var columns: [Tensor]
    /// Where the vectors of each row begin in each column, if a row has more than one.
    package var offsets: [TextOffsets]
    /// For every layer that the loss asked for its embeddings, as `columns`.
    package var layers: [[Tensor]]
    /// The numbers of each row, `[rows]`, `[rows, n]` or `[rows, columns, n]`.
    package var labels: Tensor?
    /// How many documents each query has, if the only column holds those of all queries; labels are then one number for
    /// each document.
    package var listCounts: [Int]?
    /// The texts of each column.
    package var texts: [[TokenizerInput]]
    /// What the model reads of each column of texts.
    package var inputs: [InputBatch]
    /// Random numbers of this step.
    package var random: RandomStream

    /// The number of rows.
    package var rows: Int { texts.first?.count ?? columns.first?.rows ?? 0 }

    /// A batch of the given contents.
    package init(
        columns: [Tensor], offsets: [TextOffsets] = [], layers: [[Tensor]] = [], labels: Tensor? = nil,
        listCounts: [Int]? = nil, texts: [[TokenizerInput]] = [], inputs: [InputBatch] = [],
        random: RandomStream = RandomStream(seed: 0, step: 0)
    ) {
        self.columns = columns
        self.offsets = offsets
        self.layers = layers
        self.labels = labels
        self.listCounts = listCounts
        self.texts = texts
        self.inputs = inputs
        self.random = random
    }
}

extension LossBatch {
    /// Checks columns and labels against what a loss takes.
    ///
    /// - Throws: ``TrainingError`` that says what was found and expected.
    package func check(for loss: any Loss) throws {
        let shape = loss.shape
        guard shape.columns.contains(texts.isEmpty ? columns.count : texts.count) else {
            throw TrainingError(
                .invalidData,
                "\(loss.className) takes \(shape.columnsDescription), found \(texts.isEmpty ? columns.count : texts.count)"
            )
        }
        guard let labels else {
            guard shape.labels == .none || shape.labels == .optional else {
                throw TrainingError(.invalidData, "\(loss.className) takes \(shape.labels.rawValue), found no labels")
            }
            return
        }
        guard shape.labels != .none else { return }
        guard labels.shape.first == rows else {
            throw labelError(loss, "\(shape.labels.rawValue), for \(rows) rows")
        }
    }

    /// One number for each row, `[rows]`.
    ///
    /// - Throws: ``TrainingError`` if the labels have another shape.
    func numbers(for loss: any Loss) throws -> [Float] {
        guard let labels, labels.count == rows else { throw labelError(loss, "one number for each of \(rows) rows") }
        return labels.floats
    }

    /// A teacher's margins, `[rows, negatives]`: the labels, or differences of them.
    ///
    /// - Throws: ``TrainingError`` if the labels have another shape.
    func margins(for loss: any Loss, count: Int) throws -> Tensor {
        if let labels {
            if labels.shape == [rows, count] || labels.shape == [rows] && count == 1 {
                return labels.reshaped([rows, count])
            }
            if labels.shape == [rows, count + 1] {
                return labels.columnRange(0..<1).repeated(columns: count) - labels.columnRange(1..<count + 1)
            }
        }
        throw labelError(
            loss,
            "\(count) margins a row, or \(count + 1) scores, that is shape [\(rows), \(count)] or "
                + "[\(rows), \(count + 1)]")
    }

    /// One class for each row.
    ///
    /// - Throws: ``TrainingError`` if a label is no whole number from 0, or too large.
    func classes(for loss: any Loss, below count: Int = .max) throws -> [Int] {
        try numbers(for: loss).enumerated().map { row, number in
            guard let label = Int(exactly: number), 0..<count ~= label else {
                throw TrainingError(
                    .invalidData,
                    "the label of row \(row) is \(number); \(loss.className) takes whole numbers "
                        + (count == .max ? "of 0 or more" : "from 0 to \(count - 1)"))
            }
            return label
        }
    }

    /// The tokens of a text.
    func ids(column: Int, row: Int) -> ArraySlice<Int32> {
        switch inputs[column] {
        case .tokens(let tokens): tokens.ids[tokens.tokenRange(at: row)]
        }
    }

    /// Says that labels have another shape than expected.
    func labelError(_ loss: any Loss, _ expected: String) -> TrainingError {
        TrainingError(
            .invalidData,
            "\(loss.className) takes \(expected); found labels of shape \(labels.map { "\($0.shape)" } ?? "none")")
    }
}
