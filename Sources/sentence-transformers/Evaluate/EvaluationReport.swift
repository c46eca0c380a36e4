// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTraining

/// What `evaluate` prints: metrics, where they would lie for other items, and how another model compares.
struct EvaluationReport {
    private let result: EvaluationResult
    private let intervals: [ExactString: ConfidenceInterval]?
    private let other: (name: String, result: EvaluationResult, tests: [ExactString: PairedTest])?

    /// A report.
    ///
    /// - Parameters:
    ///   - result: What was measured.
    ///   - interval: Whether intervals are wanted.
    ///   - other: The name of another model, and what was measured of it.
    /// - Throws: `TrainingError` if the two were not measured on the same items.
    init(_ result: EvaluationResult, interval: Bool, other: (name: String, result: EvaluationResult)?) throws {
        self.result = result
        intervals = interval ? Self.exact(try result.confidenceIntervals()) : nil
        self.other = try other.map { name, second in
            let shared = result.samples.keys.filter { second.samples[$0] != nil }
            let tests = try Dictionary(
                uniqueKeysWithValues: shared.map { ($0, try pairedTest(result, second, metric: $0)) })
            return (name, second, Self.exact(tests))
        }
    }

    /// One object of metrics by their names, with the keys `confidence_intervals` and `compared` if these were asked for.
    func json() throws -> String {
        var object = Self.object(result.metrics.map { ($0.name, $0.value) })
        if let intervals {
            object["confidence_intervals"] = .object(
                Dictionary(
                    uniqueKeysWithValues: intervals.map {
                        ($0.key, .array([Self.number($0.value.lower), Self.number($0.value.upper)]))
                    }))
        }
        if let other {
            object["compared"] = .object([
                "model": .string(other.name),
                "metrics": .object(Self.object(other.result.metrics.map { ($0.name, $0.value) })),
                "differences": .object(Self.object(other.tests.map { ($0.key.string, $0.value.difference) })),
                "p_values": .object(Self.object(other.tests.map { ($0.key.string, $0.value.pValue) })),
            ])
        }
        return try JSONValue.object(object).serialized(.compact)
    }

    private static func exact<Value>(_ values: [String: Value]) -> [ExactString: Value] {
        [ExactString: Value](values.map { (ExactString($0), $1) }, uniquingKeysWith: { $1 })
    }

    private static func object(_ values: [(String, Double)]) -> JSONObject {
        // Of metrics of one name the last one counts.
        JSONObject(values.map { (ExactString($0), number($1)) }, uniquingKeysWith: { $1 })
    }

    /// JSON has no number for what is none.
    private static func number(_ value: Double) -> JSONValue { value.isFinite ? .double(value) : .null }

    /// A line for each metric, the one that decides with a mark.
    func table() -> String {
        let metrics = result.metrics
        var columns = [metrics.map { $0.value.formatted(digits: 6) }], titles = [""]
        if let intervals {
            titles.append("95 % interval")
            columns.append(
                metrics.map { metric in
                    intervals[ExactString(metric.name)].map {
                        "\($0.lower.formatted(digits: 6)) … \($0.upper.formatted(digits: 6))"
                    } ?? ""
                })
        }
        if let other {
            titles += ["other", "difference", "p-value"]
            columns.append(metrics.map { other.result[$0.name]?.formatted(digits: 6) ?? "" })
            columns.append(metrics.map { other.tests[ExactString($0.name)]?.difference.formatted(digits: 6) ?? "" })
            columns.append(metrics.map { other.tests[ExactString($0.name)]?.pValue.formatted(digits: 4) ?? "" })
        }
        let widths = zip(titles, columns).map { title, cells in cells.reduce(title.count) { max($0, $1.count) } }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
        }
        var table = Table()
        if columns.count > 1 { table.add("metric", line(titles)) }
        for (row, metric) in metrics.enumerated() {
            let mark = metric.name == result.primaryMetric ? "  (main)" : ""
            table.add(metric.name, line(columns.map { $0[row] }) + mark)
        }
        return table.text
    }
}

extension Double {
    /// The number with so many decimals.
    fileprivate func formatted(digits: Int) -> String {
        guard isFinite, magnitude < 1e9 else { return "\(self)" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((magnitude * scale).rounded())
        let fraction = String(scaled % Int(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return (self < 0 && scaled > 0 ? "-" : "") + "\(scaled / Int(scale)).\(zeros)\(fraction)"
    }
}
