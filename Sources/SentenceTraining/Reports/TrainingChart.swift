// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentencePlots

/// A run as a picture: a small chart each for the loss, the learning rate and the metrics, over the steps.
struct TrainingChart {
    static let fileName = "training.svg"

    private let charts: [Chart]

    /// The charts that are drawn at most; a retrieval evaluator alone has thirty metrics.
    private static let limit = 12
    private static let columns = 2
    private static let width = 420.0, height = 200.0
    /// The room for numbers and titles around a chart's lines.
    private static let left = 64.0, right = 16.0, top = 34.0, bottom = 28.0

    /// One line over the steps.
    private struct Chart {
        let title: String
        let points: [(step: Int, value: Double)]
    }

    init(_ history: TrainingHistory) {
        func line(_ title: String, _ points: [(step: Int, value: Double)]) -> Chart? {
            let finite = points.filter(\.value.isFinite)
            return finite.isEmpty ? nil : Chart(title: title, points: finite)
        }
        let names = Set(history.evaluations.flatMap(\.metrics.keys)).sorted { ($0.count, $0) < ($1.count, $1) }
        let metrics = names.map { name in
            line(name, history.evaluations.compactMap { each in each.metrics[name].map { (each.step, $0) } })
        }
        let steps = [
            line("loss", history.steps.map { ($0.step, $0.loss) }),
            line("learning rate", history.steps.map { ($0.step, $0.learningRate) }),
        ]
        charts = Array((steps + metrics).compactMap(\.self).prefix(Self.limit))
    }

    /// The picture as SVG.
    var svg: String {
        let rows = (charts.count + Self.columns - 1) / Self.columns
        let width = SVG.number(Self.width * Double(Self.columns)),
            height = SVG.number(Self.height * Double(max(1, rows)))
        let drawn = charts.enumerated().map { index, chart in
            let x = Self.width * Double(index % Self.columns), y = Self.height * Double(index / Self.columns)
            return "<g transform=\"translate(\(SVG.number(x)) \(SVG.number(y)))\">\n\(Self.draw(chart))</g>\n"
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
            font-family="sans-serif" font-size="11" fill="#444">
            <title>Training: loss, learning rate and metrics over the steps</title>
            <rect width="100%" height="100%" fill="#fff"/>
            \(drawn.joined())</svg>

            """
    }

    private static func draw(_ chart: Chart) -> String {
        let values = chart.points.map(\.value), steps = chart.points.map(\.step)
        let (low, high) = range(values.min() ?? 0, values.max() ?? 0)
        let first = Double(min(steps.min() ?? 0, 1)), last = max(Double(steps.max() ?? 1), first + 1)
        func x(_ step: Double) -> Double { left + (step - first) / (last - first) * (width - left - right) }
        func y(_ value: Double) -> Double { top + (high - value) / (high - low) * (height - top - bottom) }
        var svg =
            "<text x=\"\(SVG.number(left))\" y=\"20\" font-size=\"13\" fill=\"#111\">\(SVG.escaped(chart.title))</text>\n"
        for tick in 0...3 {
            let value = low + Double(tick) / 3 * (high - low), place = y(value)
            svg +=
                "<path d=\"M\(SVG.number(left)) \(SVG.number(place))H\(SVG.number(width - right))\" stroke=\"#e4e4e4\"/>"
            svg += "<text x=\"\(SVG.number(left - 6))\" y=\"\(SVG.number(place + 4))\" text-anchor=\"end\">"
            svg += "\(Markdown.number(value))</text>\n"
        }
        for (step, anchor) in [(first, "start"), (last, "end")] {
            svg += "<text x=\"\(SVG.number(x(step)))\" y=\"\(SVG.number(height - 10))\" text-anchor=\"\(anchor)\">"
            svg += "\(step == last ? "step " : "")\(Int(step))</text>\n"
        }
        let path = thinned(chart.points).map { "\(SVG.number(x(Double($0.step)))) \(SVG.number(y($0.value)))" }
        if path.count == 1 {
            let place = path[0].split(separator: " ")
            return svg + "<circle cx=\"\(place[0])\" cy=\"\(place[1])\" r=\"3\" fill=\"#2a6fdb\"/>\n"
        }
        return svg
            + "<path d=\"M\(path.joined(separator: "L"))\" fill=\"none\" stroke=\"#2a6fdb\" stroke-width=\"1.5\"/>\n"
    }

    /// A range that is not empty, with the values inside.
    private static func range(_ low: Double, _ high: Double) -> (Double, Double) {
        let middle = (low + high) / 2, least = max(abs(middle) * 1e-3, 1e-9)
        return high - low < least ? (middle - least, middle + least) : (low, high)
    }

    /// At most 400 points, each the mean of its neighbours.
    private static func thinned(_ points: [(step: Int, value: Double)]) -> [(step: Int, value: Double)] {
        let size = (points.count + 399) / 400
        guard size > 1 else { return points }
        return stride(from: 0, to: points.count, by: size).map { start in
            let some = points[start..<min(start + size, points.count)]
            return (some[some.startIndex].step, some.reduce(0) { $0 + $1.value } / Double(some.count))
        }
    }
}
