// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// A row that was found, with what is printed of it.
struct SearchHit {
    let index: Int
    let score: Double
    var row: InputRow?
    /// For each search its name, the rank (nil if it did not find the row) and the score.
    var parts: [(name: String, rank: Int?, score: Float?)] = []

    init(index: Int, score: Double) { (self.index, self.score) = (index, score) }

    init(hit: HybridHit, row: InputRow) {
        self.init(index: hit.index, score: hit.score)
        self.row = row
        parts = hit.found.parts.map { ($0.name, $0.rank, $0.score) }
        if let score = hit.rerankScore { parts.append(("rerank", nil, score)) }
    }
}

/// Prints what a search has found.
struct SearchOutput {
    let queries: [String]
    let isJSON: Bool
    /// Whether the parts of scores are printed.
    let explains: Bool

    func print(_ found: [[SearchHit]]) throws {
        try OutputTarget.print { writer in
            for (query, hits) in found.enumerated() {
                if isJSON {
                    writer.append(list: hits) { append($1, to: &$0) }
                    try writer.endLine()
                } else {
                    if found.count > 1 {
                        if query > 0 { try writer.endLine() }
                        writer.append(queries[query].onOneLine)
                        try writer.endLine()
                    }
                    try printTable(hits, &writer)
                }
            }
        }
    }

    private func append(_ hit: SearchHit, to writer: inout LineWriter) {
        writer.append("{\"corpus_id\":\(hit.index),\"score\":")
        writer.append(number: Float(hit.score))
        if let row = hit.row {
            writer.append(",\"text\":")
            writer.append(string: row.input.text)
            if let fields = row.fields { writer.append([UInt8(ascii: ",")] + fields) }
        }
        if explains {
            writer.append(",\"parts\":{")
            for (place, part) in hit.parts.enumerated() {
                writer.append((place > 0 ? "," : "") + "\"\(part.name)\":")
                guard let score = part.score else {
                    writer.append("null")
                    continue
                }
                writer.append("{" + (part.rank.map { "\"rank\":\($0)," } ?? "") + "\"score\":")
                writer.append(number: score)
                writer.append("}")
            }
            writer.append("}")
        }
        writer.append("}")
    }

    /// A line for each row: its score with four decimals, its index, the parts of the score, its text.
    private func printTable(_ hits: [SearchHit], _ writer: inout LineWriter) throws {
        let scores = hits.map { Matrix.format(Float($0.score)) }, indices = hits.map { "\($0.index)" }
        let parts = hits.map(explanation)
        func width(_ texts: [String]) -> Int { texts.reduce(0) { max($0, $1.count) } }
        for (place, hit) in hits.enumerated() {
            var line = scores[place].padded(to: width(scores)) + "  " + indices[place].padded(to: width(indices))
            if explains { line += "  " + parts[place].padded(to: width(parts), atEnd: true) }
            if let row = hit.row { line += "  " + row.input.text.onOneLine }
            writer.append(line)
            try writer.endLine()
        }
    }

    private func explanation(_ hit: SearchHit) -> String {
        hit.parts.map { part in
            guard let score = part.score else { return "\(part.name) -" }
            return part.name + (part.rank.map { " #\($0)" } ?? "") + " " + Matrix.format(score)
        }.joined(separator: ", ")
    }
}
