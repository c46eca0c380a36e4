// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// Prints pairs of rows.
struct PairOutput {
    let isJSON: Bool
    /// The texts of the first and of the second rows; nil for embeddings, of which the numbers are printed.
    let first: [String]?
    let second: [String]?

    func print(_ pairs: [MinedPair]) throws {
        try OutputTarget.print { writer in
            guard !isJSON else {
                writer.append(list: pairs) { writer, pair in
                    writer.append("[")
                    writer.append(number: pair.score)
                    writer.append(",\(pair.first),\(pair.second)]")
                }
                return try writer.endLine()
            }
            for pair in pairs {
                writer.append(Matrix.format(pair.score) + "  \(pair.first)  \(pair.second)")
                if let first, let second {
                    writer.append("  " + first[pair.first].onOneLine + "  |  " + second[pair.second].onOneLine)
                }
                try writer.endLine()
            }
        }
    }
}

/// Prints groups of rows.
struct GroupOutput {
    let isJSON: Bool
    /// The texts of the rows; nil for embeddings, of which the numbers are printed.
    let texts: [String]?
    /// What groups are called; their numbers if nil.
    var names: [String]?
    /// The rows of a group that are printed.
    private static let mostShown = 10

    init(isJSON: Bool, texts: [String]?, names: [String]? = nil) {
        (self.isJSON, self.texts, self.names) = (isJSON, texts, names)
    }

    func print(_ groups: [[Int]]) throws {
        try OutputTarget.print { writer in
            guard !isJSON else {
                writer.append(list: groups) { $0.append($1) }
                return try writer.endLine()
            }
            for (number, group) in groups.enumerated() {
                writer.append("\(number): \(group.count)" + (names.map { "  \($0[number])" } ?? ""))
                try writer.endLine()
                for row in group.prefix(Self.mostShown) {
                    writer.append("  \(row)" + (texts.map { "  " + $0[row].onOneLine } ?? ""))
                    try writer.endLine()
                }
                if group.count > Self.mostShown {
                    writer.append("  and \(group.count - Self.mostShown) more")
                    try writer.endLine()
                }
            }
        }
    }
}
