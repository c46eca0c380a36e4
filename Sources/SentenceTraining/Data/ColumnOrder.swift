// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// What columns are for, as far as their names tell.
///
/// The reference takes columns in the order of the file and warns where names speak against it; here names decide first,
/// since a loss trains without complaint on questions and answers that are swapped.
struct ColumnOrder {
    /// The columns in the order in which a loss takes them.
    let columns: [Int]
    /// What the user should know.
    let warnings: [String]

    private static let anchors = [
        "anchor", "query", "queries", "question", "premise", "text1", "sentence1", "sentence_1", "sentence_a",
        "sentence_0",
    ]
    private static let positives = [
        "positive", "answer", "answers", "response", "document", "documents", "docs", "passage", "passages",
        "entailment", "text2", "sentence2", "sentence_2", "sentence_b",
    ]
    private static let negatives = ["negative", "negatives", "contradiction"]

    /// Orders columns by their names: anchors, positives, then negatives by their numbers.
    ///
    /// Columns whose names say nothing stand before the positives if there is no anchor, otherwise after them; apart from
    /// that everything stays in the order of the file.
    ///
    /// - Parameters:
    ///   - names: The names of all columns of texts, in the order of the file.
    ///   - title: The name of the data in messages.
    init(_ names: [(column: Int, name: String)], in title: String) {
        let roles = names.map { Role($0.name) }
        let hasAnchor = roles.contains(.anchor)
        let ranks = roles.enumerated().map { (role: $1.rank(hasAnchor: hasAnchor), place: $0) }
        let order = ranks.sorted { $0 < $1 }.map(\.place)
        columns = order.map { names[$0].column }
        var warnings: [String] = []
        if order != Array(names.indices) {
            warnings.append(
                "\(title): the columns are taken in the order \(DataColumns.list(order.map { names[$0].name })), as their "
                    + "names say, and not in that of the file (\(DataColumns.list(names.map(\.name))))")
        }
        for (_, name) in names where Self.isIdentifier(name) {
            warnings.append(
                "\(title): the column \(name.quoted) looks like one of identifiers, but is trained on as text; put the "
                    + "texts in their place, or leave the column out")
        }
        self.warnings = warnings
    }

    /// Whether a name is one that columns of identifiers have, as the reference finds them.
    private static func isIdentifier(_ name: String) -> Bool {
        name == "id" || ["_id", "_ids", "_idx"].contains { name.hasExactSuffix($0) }
    }

    /// What a name says of its column.
    private enum Role: Equatable {
        case anchor, positive, unknown
        case negative(Int)

        init(_ name: String) {
            let name = name.lowercased()
            if anchors.contains(name) {
                self = .anchor
            } else if positives.contains(name) {
                self = .positive
            } else if negatives.contains(name) {
                self = .negative(0)
            } else if let number = name.droppingExactPrefix("negative_").flatMap({ Int($0) }) {
                self = .negative(number)
            } else {
                self = .unknown
            }
        }

        func rank(hasAnchor: Bool) -> Int {
            switch self {
            case .anchor: Int.min
            case .positive: -2
            case .unknown: hasAnchor ? -1 : -3
            case .negative(let number): max(0, number)
            }
        }
    }
}
