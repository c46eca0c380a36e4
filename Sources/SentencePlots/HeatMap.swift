// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch

/// A matrix as coloured cells: similarities of texts, alignments of tokens, or weights of tokens.
public struct HeatMap: Plot {
    /// The numbers, `[rows, columns]`.
    public let values: Matrix
    /// What stands beside each row.
    public let rows: [String]
    /// What stands above each column.
    public let columns: [String]
    /// The title.
    public let title: String

    private static let cell = 34.0, labelWidth = 190.0, labelHeight = 120.0
    /// Numbers are written into cells of at most so many columns.
    private static let mostNumbered = 40

    /// A heat map.
    ///
    /// - Parameters:
    ///   - values: `[rows, columns]`; what is not finite stays white.
    ///   - rows: What stands beside each row.
    ///   - columns: What stands above each column.
    ///   - title: The title.
    /// - Throws: `SearchError` with code `invalidArgument` if there are more or fewer names than rows or columns.
    public init(_ values: Matrix, rows: [String], columns: [String], title: String = "Similarities") throws {
        guard rows.count == values.rows, columns.count == values.columns else {
            throw SearchError(
                .invalidArgument,
                "\(rows.count) names of rows and \(columns.count) of columns for a matrix of shape \(values.shape)")
        }
        (self.values, self.rows, self.columns, self.title) = (values, rows, columns, title)
    }

    /// The map alone.
    public var svg: String { picture(numbersTexts: false) }

    /// The map on a page.
    public var html: String {
        let texts = rows.indices.flatMap { row in
            columns.indices.map { column in
                "\(rows[row])\n\(columns[column])\n\(Matrix.format(values[row, column]))"
            }
        }
        return Page.html(title, picture(numbersTexts: true), texts)
    }

    /// The numbers as a plain table: a line for each row with its name at the end, below the numbers of the columns.
    public var table: String {
        let cells = rows.indices.map { row in columns.indices.map { Matrix.format(values[row, $0]) } }
        let names = columns.map { SVG.shortened($0.split(whereSeparator: \.isNewline).joined(separator: " "), to: 12) }
        let widths = columns.indices.map { column in
            cells.reduce(names[column].count) { max($0, $1[column].count) }
        }
        func line(_ cells: [String], _ name: String) -> String {
            zip(cells, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
                + (name.isEmpty ? "" : "  " + name) + "\n"
        }
        return line(names, "") + rows.indices.map { line(cells[$0], SVG.escapedForTerminal(rows[$0])) }.joined()
    }

    private func picture(numbersTexts: Bool) -> String {
        let finite = values.elements.filter(\.isFinite)
        let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        var content = ""
        for (column, name) in columns.enumerated() {
            let x = Self.labelWidth + (Double(column) + 0.6) * Self.cell
            content +=
                "<text transform=\"translate(\(SVG.number(x)) \(SVG.number(Self.labelHeight - 8))) rotate(-60)\">"
            content += "\(SVG.escaped(SVG.shortened(name, to: 22)))</text>\n"
        }
        for (row, name) in rows.enumerated() {
            let y = Self.labelHeight + Double(row) * Self.cell
            content += "<text x=\"\(SVG.number(Self.labelWidth - 8))\" y=\"\(SVG.number(y + 21))\" text-anchor=\"end\">"
            content += "\(SVG.escaped(SVG.shortened(name, to: 32)))</text>\n"
            for column in columns.indices {
                content += cell(row, column, y, low, high, numbersTexts)
            }
        }
        return SVG.picture(
            title, width: Self.labelWidth + Double(columns.count) * Self.cell + 80,
            height: Self.labelHeight + Double(rows.count) * Self.cell + 16, content)
    }

    private func cell(
        _ row: Int, _ column: Int, _ y: Double, _ low: Float, _ high: Float, _ numbersTexts: Bool
    ) -> String {
        let value = values[row, column], x = Self.labelWidth + Double(column) * Self.cell
        let share = value.isFinite ? Double((value - low) / max(high - low, 1e-9)) : 0
        // From white to a dark blue, on which numbers are white.
        let colour = "rgb(\(Int(250 - 220 * share)) \(Int(250 - 170 * share)) \(Int(255 - 90 * share)))"
        let text = "data-text=\"\(row * columns.count + column)\""
        var content = "<rect x=\"\(SVG.number(x))\" y=\"\(SVG.number(y))\" width=\"\(SVG.number(Self.cell - 1))\" "
        content += "height=\"\(SVG.number(Self.cell - 1))\" fill=\"\(colour)\"\(numbersTexts ? " " + text : "")/>\n"
        guard columns.count <= Self.mostNumbered else { return content }
        content += "<text x=\"\(SVG.number(x + Self.cell / 2))\" y=\"\(SVG.number(y + 21))\" text-anchor=\"middle\" "
        content += "font-size=\"9\" pointer-events=\"none\" fill=\"\(share > 0.6 ? "#fff" : "#333")\">"
        return content + "\(String(Matrix.format(value).dropLast(2)))</text>\n"
    }
}

extension SVG {
    /// A text on one line, for a terminal.
    fileprivate static func escapedForTerminal(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
