// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceFiles

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Texts with the names of their classes.
public struct LabelledTexts: Sendable, Equatable {
    /// The texts.
    public let texts: [String]
    /// The class of each text, as an index into ``labels``.
    public let classes: [Int]
    /// The names of the classes, in the order of their bytes; numbers in the order of their values.
    public let labels: [String]

    /// Texts with their labels.
    ///
    /// - Throws: ``TrainingError`` if a text or label is empty, or there are fewer than two classes.
    public init(_ rows: [(text: String, label: String)]) throws {
        if let row = rows.firstIndex(where: { $0.text.isEmpty || $0.label.isEmpty }) {
            throw TrainingError(.invalidData, "row \(row) has an empty text or label")
        }
        let names = Set(exact: rows.map(\.label)).map(\.string)
        let numbers = names.compactMap { Int($0) }
        labels =
            numbers.count == names.count
            ? numbers.sorted().map { "\($0)" } : names.sorted { $0.precedesByBytes($1) }
        guard labels.count > 1 else {
            throw TrainingError(.invalidData, "found \(labels.count) different labels; expected two or more classes")
        }
        let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { (ExactString($1), $0) })
        texts = rows.map(\.text)
        classes = rows.map { places[ExactString($0.label)] ?? 0 }
    }

    /// Reads the columns `text` and `label` of a `.jsonl`, `.json`, `.csv` or `.tsv` file, perhaps with gzip.
    ///
    /// - Throws: ``TrainingError`` with the line of a row that does not fit.
    public init(contentsOf url: URL) throws {
        var rows: [(text: String, label: String)] = []
        try TrainingData.invalidData(url.lastPathComponent) {
            try RowFile(path: url.path, name: url.lastPathComponent).forEachRow { row in
                do {
                    let (text, label) = (
                        try Self.value("text", of: row.content), try Self.value("label", of: row.content)
                    )
                    guard !text.isEmpty, !label.isEmpty else { throw RowFlaw("the text or the label is empty") }
                    rows.append((text, label))
                } catch { throw row.error("\(error)") }
            }
        }
        try self.init(rows)
    }

    /// What a row has in a column; of a number its digits.
    private static func value(_ name: String, of content: DataRow.Content) throws -> String {
        switch content {
        case .text: throw RowFlaw("is a text alone; expected the columns \"text\" and \"label\"")
        case .fields(let fields, let columns):
            guard let index = columns.firstIndex(where: { $0.isExactly(name) }), fields.indices.contains(index) else {
                throw RowFlaw("there is no column \(name.quoted)")
            }
            return fields[index]
        case .json(let json):
            let value =
                json.value.asArray.map { $0.count == 2 ? $0[name == "text" ? 0 : 1] : nil }
                ?? json.value.asObject?[name]
            if let text = value?.asString { return text }
            if let number = value?.asInt { return "\(number)" }
            throw RowFlaw("\(name.quoted) is missing, or no text")
        }
    }
}
