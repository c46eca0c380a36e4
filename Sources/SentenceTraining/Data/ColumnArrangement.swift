// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors
import SentenceTokenizers
package import SentenceTransformers

/// Which columns of a data set are the inputs of a loss, in which order, and which one holds the labels.
package struct ColumnArrangement: Sendable {
    /// The names of the columns of texts in the order in which the loss takes them.
    ///
    /// A column of lists appears once for each text of a list, so that a bi-encoder's batch has a column for each name; a
    /// cross-encoder's has a column of pairs for each name but the first.
    package let inputNames: [String]
    /// The name of the column of labels, if the loss takes any.
    package let labelName: String?
    /// What the user should know, one line each.
    package let warnings: [String]

    /// The columns of texts in the loss's order, and that of the labels.
    let inputs: [Int]
    let label: Int?
    private let labelShape: LossShape.Labels
    private let makesPairs: Bool
    private let lossName: String

    /// Finds the columns for a loss.
    ///
    /// - Parameters:
    ///   - data: The data set.
    ///   - shape: The columns and labels that the loss takes; a cross-encoder's columns are those of pairs.
    ///   - lossName: The name of the loss in messages.
    ///   - kind: The kind of the model.
    /// - Throws: ``TrainingError`` if the data do not have what the loss takes.
    package init(_ data: TrainingData, for shape: LossShape, lossName: String, kind: ModelKind) throws {
        let columns = data.columns
        let others = columns.names.indices.filter { $0 != columns.label }
        if let column = others.first(where: { columns.kinds[$0].inputCount == 0 }) {
            throw TrainingError(
                .invalidData,
                "\(data.title): the column \(columns.names[column].quoted) is \(columns.kinds[column]), and "
                    + (columns.label.map { "\(columns.names[$0].quoted) is the label" }
                        ?? "a label is called \(Self.labelNames)")
                    + "; inputs must be texts: rename the column, or leave it out")
        }
        let order = ColumnOrder(others.map { ($0, columns.names[$0]) }, in: data.title)
        var warnings = order.warnings
        inputs = order.columns
        inputNames = inputs.flatMap { [String](repeating: columns.names[$0], count: columns.kinds[$0].inputCount) }
        makesPairs = kind == .crossEncoder
        self.lossName = lossName
        let count = makesPairs ? inputNames.count - 1 : inputNames.count
        guard shape.columns.contains(count), count > 0 else {
            throw Self.mismatch(data, shape.columns, inputNames, pairs: makesPairs, lossName)
        }
        label = shape.labels == .none ? nil : columns.label
        labelName = label.map { columns.names[$0] }
        labelShape = shape.labels
        if shape.labels == .none, let unused = columns.label {
            warnings.append(
                "\(data.title): \(lossName) takes no labels, so that \(columns.names[unused].quoted) is not used")
        }
        self.warnings = warnings
        try checkLabels(data)
        guard let row = data.firstUnevenRow, !hasLists(data), let flaw = try columns.unevenness(data.row(row)) else {
            return
        }
        throw TrainingError(.invalidData, "\(data.place(of: row)): \(flaw); \(lossName) takes as many in all rows")
    }

    /// Whether the loss takes lists of documents, of which rows may have different numbers.
    private func hasLists(_ data: TrainingData) -> Bool {
        guard makesPairs, labelShape == .list, inputs.count == 2, case .texts = data.columns.kinds[inputs[1]] else {
            return false
        }
        return true
    }

    private static var labelNames: String { "label, labels, score or scores" }

    private static func mismatch(
        _ data: TrainingData, _ expected: ClosedRange<Int>, _ names: [String], pairs: Bool, _ lossName: String
    ) -> TrainingError {
        // A pair takes one column more.
        let (low, high) =
            pairs ? (expected.lowerBound + 1, expected.upperBound) : (expected.lowerBound, expected.upperBound)
        let wanted =
            high == .max
            ? "\(low) or more" : expected.count == 1 ? "\(low)" : "\(low) to \(pairs ? high + 1 : high)"
        return TrainingError(
            .invalidData,
            "\(data.title) has \(names.count) column\(names.count == 1 ? "" : "s") of texts"
                + "\(names.isEmpty ? "" : " (\(DataColumns.list(names)))"); \(lossName) takes \(wanted)"
                + "\(pairs ? ", the first of which is paired with each of the others" : ""); choose the columns, or another loss"
        )
    }

    /// Checks that all labels are of the kind that the loss takes.
    private func checkLabels(_ data: TrainingData) throws {
        guard let label else {
            if labelShape == .none || labelShape == .optional { return }
            throw TrainingError(
                .invalidData,
                "\(data.title) has no column called \(Self.labelNames) "
                    + "(found \(DataColumns.list(data.columnNames))); \(lossName) takes \(labelShape.rawValue)")
        }
        let name = data.columnNames[label].quoted
        let takesLists = labelShape == .numbers || labelShape == .list
        if !takesLists, case .numbers(let count) = data.columns.kinds[label], count > 1 {
            throw TrainingError(
                .invalidData,
                "\(data.title): \(name) is a list of \(count) numbers; \(lossName) takes \(labelShape.rawValue)")
        }
        if labelShape == .list {
            let documents = inputNames.count - 1
            let found = if case .numbers(let count) = data.columns.kinds[label] { count } else { 1 }
            guard found == documents else {
                throw TrainingError(
                    .invalidData,
                    "\(data.title): \(name) is \(data.columns.kinds[label]) for \(documents) document\(documents == 1 ? "" : "s"); "
                        + "\(lossName) takes \(labelShape.rawValue)")
            }
        }
        if labelShape == .classes, let row = data.firstRowWithoutClass {
            let found = try data.row(row)[label].allNumbers.first ?? .nan
            throw TrainingError(
                .invalidData, "\(data.place(of: row)): \(name) is \(found); \(lossName) takes \(labelShape.rawValue)")
        }
    }

    /// The given rows as the loss sees them.
    ///
    /// - Throws: ``TrainingError`` if a row can no longer be read.
    package func batch(_ data: TrainingData, rows: [Int]) throws -> TrainingBatch {
        let values = try rows.map { try data.row($0) }
        let texts = values.map(texts)
        if hasLists(data), let label {
            let pairs = texts.flatMap { row in row.dropFirst().map { TokenizerInput(row[0], pair: $0) } }
            let numbers = values.flatMap { $0[label].allNumbers.map(Float.init) }
            return TrainingBatch(
                columns: [pairs], labels: Tensor(numbers, shape: [numbers.count]),
                listCounts: texts.map { $0.count - 1 }, dataset: data.name, rows: rows)
        }
        let columns: [[TokenizerInput]] =
            makesPairs
            ? inputNames.indices.dropFirst().map { column in
                texts.map { TokenizerInput($0[0], pair: $0[column]) }
            } : inputNames.indices.map { column in texts.map { TokenizerInput($0[column]) } }
        return TrainingBatch(
            columns: columns, labels: label.map { labels(values, $0, data) }, dataset: data.name, rows: rows)
    }

    /// The texts of a row in the order in which the loss takes them.
    func texts(_ row: [TrainingValue]) -> [String] { inputs.flatMap { row[$0].allTexts } }

    /// The labels of rows, `[rows]` for numbers and `[rows, n]` for lists of them.
    private func labels(_ rows: [[TrainingValue]], _ column: Int, _ data: TrainingData) -> Tensor {
        let numbers = rows.flatMap { $0[column].allNumbers.map(Float.init) }
        guard case .numbers(let width) = data.columns.kinds[column],
            width > 1 || labelShape == .numbers || labelShape == .list
        else {
            return Tensor(numbers, shape: [rows.count])
        }
        return Tensor(numbers, shape: [rows.count, width])
    }

    /// The first two rows as the loss sees them, with a line for each column.
    ///
    /// - Throws: ``TrainingError`` if a row can no longer be read.
    package func preview(_ data: TrainingData) throws -> String {
        let count = min(2, data.count)
        var lines = [
            "\(data.title), \(count) of \(data.count) row\(data.count == 1 ? "" : "s") as \(lossName) sees them:"
        ]
        let width = (inputNames + [labelName ?? ""]).map(\.count).max() ?? 0
        func line(_ name: String, _ value: String) -> String {
            "  " + name + String(repeating: " ", count: max(0, width - name.count)) + "  " + value
        }
        for row in 0..<count {
            let values = try data.row(row)
            let texts = texts(values)
            if row > 0 { lines.append("") }
            if makesPairs {
                for (place, text) in texts.enumerated().dropFirst() {
                    lines.append(line(inputNames[0], "\(texts[0].quoted.onOneLine) with"))
                    lines.append(line(inputNames[min(place, inputNames.count - 1)], text.quoted.onOneLine))
                }
            } else {
                lines += zip(inputNames, texts).map { line($0, $1.quoted.onOneLine) }
            }
            if let label, let labelName {
                lines.append(
                    line(labelName, values[label].allNumbers.prefix(8).map { "\($0)" }.joined(separator: ", ")))
            }
        }
        return lines.joined(separator: "\n")
    }
}
