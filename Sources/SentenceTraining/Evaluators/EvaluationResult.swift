// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What an evaluator found.
public struct EvaluationResult: Sendable, Equatable {
    /// The metrics, named as the reference names them.
    public let metrics: [Metric]
    /// The name of the metric that says which of two models is better.
    public let primaryMetric: String
    /// What the files of results get, a row each.
    public let rows: [EvaluationRow]
    /// What metrics were computed from, by their names; those that do not belong to single items have none.
    public let samples: [String: MetricSample]
    /// What was found for each query, if the evaluator was asked to keep it.
    public let predictions: [EvaluationPredictions]

    /// The metrics of a model, what is to be written of them, what they were computed from, and what was found.
    public init(
        metrics: [Metric], primaryMetric: String, rows: [EvaluationRow] = [], samples: [String: MetricSample] = [:],
        predictions: [EvaluationPredictions] = []
    ) {
        self.predictions = predictions
        self.metrics = metrics
        self.primaryMetric = primaryMetric
        self.rows = rows
        self.samples = samples
    }

    /// A result whose metrics have a name before theirs.
    static func named(
        _ name: String, _ metrics: [Metric], primary: String, _ row: EvaluationRow, samples: [String: MetricSample],
        predictions: [EvaluationPredictions] = []
    ) -> EvaluationResult {
        func named(_ metric: String) -> String { name.isEmpty ? metric : "\(name)_\(metric)" }
        return EvaluationResult(
            metrics: metrics.map { Metric(named($0.name), $0.value) }, primaryMetric: named(primary), rows: [row],
            samples: samples.reduce(into: [:]) { $0[named($1.key)] = $1.value }, predictions: predictions)
    }

    /// Several results as one, whose primary metric is that of the last; of metrics of one name the last one stays.
    static func joined(_ results: [EvaluationResult]) -> EvaluationResult {
        var places: [ExactString: Int] = [:], metrics: [Metric] = []
        for metric in results.flatMap(\.metrics) {
            if let place = places[ExactString(metric.name)] {
                metrics[place] = metric
            } else {
                places[ExactString(metric.name)] = metrics.count
                metrics.append(metric)
            }
        }
        return EvaluationResult(
            metrics: metrics, primaryMetric: results.last?.primaryMetric ?? "", rows: results.flatMap(\.rows),
            samples: results.reduce(into: [:]) { $0.merge($1.samples) { _, last in last } },
            predictions: results.flatMap(\.predictions))
    }

    /// The value of a metric; nil if there is none of that name.
    public subscript(name: String) -> Double? { metrics.first { $0.name == name }?.value }

    /// Appends the result to the files in a folder, which have the reference's names and columns, and writes predictions, in
    /// the place of earlier ones.
    ///
    /// - Parameters:
    ///   - folder: The folder, which is created if it is missing.
    ///   - epoch: The epochs that the model has been trained, -1 outside of training.
    ///   - steps: The steps that the model has been trained, -1 outside of training.
    /// - Throws: `CheckpointError` with code `unwritable`.
    public func write(to folder: URL, epoch: Double = -1, steps: Int = -1) throws {
        if !rows.isEmpty || !predictions.isEmpty { try AtomicFile.createFolder(folder) }
        for row in rows { try row.append(to: folder, epoch: epoch, steps: steps) }
        for prediction in predictions { try prediction.write(to: folder) }
    }
}

/// A row of a file of results.
public struct EvaluationRow: Sendable, Equatable {
    /// The name of the file.
    public let file: String
    /// The names of the columns after `epoch` and `steps`.
    public let columns: [String]
    /// The values of these columns.
    public let values: [Double]
    /// What ends a line, in which files of the reference differ.
    let lineEnd: String

    /// The name of a file of results, with the name of an evaluator that may be empty.
    static func fileName(_ stem: String, _ name: String, ending: String = "_results.csv") -> String {
        stem + (name.isEmpty ? "" : "_\(name)") + ending
    }

    /// The ending of most files, which Python's module `csv` writes.
    static let usualLineEnd = "\r\n"

    /// A row of the given values.
    public init(file: String, _ values: [(column: String, value: Double)]) {
        self.init(file: file, values, lineEnd: Self.usualLineEnd)
    }

    init(file: String, _ values: [(column: String, value: Double)], lineEnd: String) {
        self.file = file
        columns = values.map(\.column)
        self.values = values.map(\.value)
        self.lineEnd = lineEnd
    }

    /// Appends the row to its file, below the names of the columns if the file is new.
    fileprivate func append(to folder: URL, epoch: Double, steps: Int) throws {
        let url = folder.appending(path: file)
        let isNew = !FileManager.default.fileExists(atPath: url.path)
        let header = isNew ? (["epoch", "steps"] + columns).joined(separator: ",") + lineEnd : ""
        let numbers = [epoch == -1 ? "-1" : "\(epoch)", "\(steps)"] + values.map { "\($0)" }
        try AppendingFile(url).write(header + numbers.joined(separator: ",") + lineEnd)
    }

    /// Removes the rows of later steps from all files of results in a folder, so that a run can go on from a step.
    ///
    /// - Throws: `CheckpointError` with code `unwritable`.
    static func removeRows(after step: Int, in folder: URL) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasExactSuffix(".csv") && name.contains("_results") {
            let url = folder.appending(path: name)
            guard let text = try? String(contentsOf: url, encoding: .utf8) else { continue }
            let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            let isWindows = text.contains("\r\n")
            let kept = lines.enumerated().filter { index, line in
                let fields = line.split(separator: ",")
                guard index > 0, fields.count > 1, let found = Int(fields[1]) else { return !line.isEmpty }
                return found <= step
            }
            let end = isWindows ? usualLineEnd : "\n"
            try AtomicFile.write(kept.map { $0.element + end }.joined(), to: url)
        }
    }
}
