// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
public import SentenceSearch

/// A map of embeddings in two dimensions, a point for each, coloured by group.
///
/// ```swift
/// let places = try NeighbourEmbedding()(embeddings)
/// try EmbeddingMap(places, texts: texts, groups: labels).write(to: URL(filePath: "map.html"))
/// ```
public struct EmbeddingMap: Plot {
    /// The places, `[rows, 2]`.
    public let places: Matrix
    /// The texts of the points.
    public let texts: [String]
    /// The groups of the points; nil for points of one colour.
    public let groups: [String]?
    /// The title.
    public let title: String

    private static let size = 720.0, margin = 24.0, legend = 220.0
    /// The groups that the legend lists at most, largest first.
    private static let mostListed = 30
    /// Points without a group are grey.
    private static let grey = "#b0b0b0"

    /// A map.
    ///
    /// - Parameters:
    ///   - places: `[rows, 2]`.
    ///   - texts: The text of each row.
    ///   - groups: The group of each row; an empty name for none. Points have one colour if nil.
    ///   - title: The title.
    /// - Throws: `SearchError` with code `invalidArgument` if the numbers of rows differ, or a place is not finite.
    public init(_ places: Matrix, texts: [String], groups: [String]? = nil, title: String = "Embeddings") throws {
        guard places.columns == 2 || places.rows == 0, texts.count == places.rows,
            groups.map({ $0.count == places.rows }) ?? true
        else {
            throw SearchError(
                .invalidArgument,
                "\(texts.count) texts and \(groups?.count ?? texts.count) groups for places of shape \(places.shape); "
                    + "expected one of each for every row of two numbers")
        }
        guard places.elements.allSatisfy(\.isFinite) else {
            throw SearchError(.invalidArgument, "a place on the map is not finite")
        }
        (self.places, self.texts, self.groups, self.title) = (places, texts, groups, title)
    }

    /// The groups, largest first, each with its number of points; equally large ones in their order.
    private var sizes: [(name: ExactString, count: Int)] {
        var counts: [ExactString: (first: Int, count: Int)] = [:]
        for (row, group) in (groups ?? []).enumerated() where !group.isEmpty {
            counts[ExactString(group), default: (row, 0)].count += 1
        }
        return counts.sorted { ($0.value.count, $1.value.first) > ($1.value.count, $0.value.first) }
            .map { ($0.key, $0.value.count) }
    }

    /// Colours that differ from their neighbours, however many there are.
    static func colour(_ index: Int) -> String {
        let named = [
            "#2a6fdb", "#e07b1a", "#2e9d4d", "#c8353b", "#8755c9", "#8a5a44", "#d65fae", "#1fa3b0", "#a3a61f",
            "#5b6ee1",
        ]
        guard index >= named.count else { return named[index] }
        let hue = Double(index) * 137.508
        return "hsl(\(Int(hue) % 360) 60% \(index % 2 == 0 ? 45 : 62)%)"
    }

    /// The map alone.
    public var svg: String { picture(numbersTexts: false) }

    /// The map on a page.
    public var html: String {
        let shown = texts.indices.map { row in
            guard let group = groups?[row], !group.isEmpty else { return texts[row] }
            return "\(texts[row])\n[\(group)]"
        }
        return Page.html(title, picture(numbersTexts: true), shown)
    }

    /// The picture; its points have their texts as titles, or the numbers of their texts on a page.
    private func picture(numbersTexts: Bool) -> String {
        let sizes = sizes
        let colours = Dictionary(
            uniqueKeysWithValues: sizes.enumerated().map { ($1.name, Self.colour($0)) })
        let xs = places.map { Double($0[0]) }, ys = places.map { Double($0[1]) }
        let (left, right) = (xs.min() ?? 0, xs.max() ?? 0), (low, high) = (ys.min() ?? 0, ys.max() ?? 0)
        // One scale for both directions, so that distances are true.
        let extent = max(right - left, high - low, 1e-9), room = Self.size - 2 * Self.margin
        func scaled(_ value: Double, _ low: Double, _ high: Double) -> Double {
            Self.margin + (value - (low + high) / 2 + extent / 2) / extent * room
        }
        let radius = max(1.5, min(5, 90 / Double(max(1, texts.count)).squareRoot()))
        var content = "<g fill-opacity=\"0.75\">\n"
        for row in texts.indices {
            let group = groups.map { ExactString($0[row]) }
            let colour = group.map { colours[$0] ?? Self.grey } ?? Self.colour(0)
            let place =
                "cx=\"\(SVG.number(scaled(xs[row], left, right)))\""
                + " cy=\"\(SVG.number(Self.size - scaled(ys[row], low, high)))\""
            content += "<circle \(place) r=\"\(SVG.number(radius))\" fill=\"\(colour)\""
            content +=
                numbersTexts
                ? " data-text=\"\(row)\"/>\n"
                : "><title>\(SVG.escaped(SVG.shortened(texts[row], to: 200)))</title></circle>\n"
        }
        content += "</g>\n" + legend(sizes)
        let width = Self.size + (sizes.isEmpty ? 0 : Self.legend)
        return SVG.picture(title, width: width, height: Self.size, content)
    }

    private func legend(_ sizes: [(name: ExactString, count: Int)]) -> String {
        var content = "", y = Self.margin
        for (index, group) in sizes.prefix(Self.mostListed).enumerated() {
            content += "<circle cx=\"\(SVG.number(Self.size + 8))\" cy=\"\(SVG.number(y - 4))\" r=\"5\" "
            content +=
                "fill=\"\(Self.colour(index))\"/><text x=\"\(SVG.number(Self.size + 20))\" y=\"\(SVG.number(y))\">"
            content += "\(SVG.escaped(SVG.shortened(group.name.string, to: 30))) (\(group.count))</text>\n"
            y += 20
        }
        guard sizes.count > Self.mostListed else { return content }
        return content + "<text x=\"\(SVG.number(Self.size + 20))\" y=\"\(SVG.number(y))\">"
            + "and \(sizes.count - Self.mostListed) more</text>\n"
    }
}
