// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTokenizers

/// A batch of rows as a loss sees them: columns of inputs, and labels.
package struct TrainingBatch: Sendable {
    /// The inputs of each column, one for each row.
    package var columns: [[TokenizerInput]]
    /// The numbers of each row, `[rows]` or `[rows, n]`.
    package var labels: Tensor?
    /// How many documents each query has, if the only column holds those of all queries; nil if a column has one for each row.
    package var listCounts: [Int]?
    /// The name of the data set.
    package var dataset: String
    /// Which rows of the data set these are.
    package var rows: [Int]

    /// A batch of the given contents.
    package init(
        columns: [[TokenizerInput]], labels: Tensor? = nil, listCounts: [Int]? = nil, dataset: String = "",
        rows: [Int] = []
    ) {
        self.columns = columns
        self.labels = labels
        self.listCounts = listCounts
        self.dataset = dataset
        self.rows = rows
    }
}
