// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceFiles

/// Why a row does not fit, without its place.
struct RowFlaw: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The columns of a data set as its first row has them, which all other rows must match.
struct DataColumns: Sendable {
    /// The names in the order of the file.
    let names: [String]
    /// What the values of each column are.
    let kinds: [ColumnKind]
    /// The column of labels: the first of these names that there is, as the reference decides.
    let label: Int?

    /// Whether rows may have other members, since the caller has named those to read.
    private let isSelection: Bool

    static let labelNames = ["label", "labels", "score", "scores"]

    /// The columns of a row.
    ///
    /// - Parameters:
    ///   - first: The first row.
    ///   - selection: The columns to read; all if nil.
    /// - Throws: ``RowFlaw`` if the row may not stand in the data.
    init(_ first: DataRow.Content, selection: [String]?) throws {
        let all = try Self.names(of: first)
        if let missing = selection?.first(where: { name in !all.contains { $0.isExactly(name) } }) {
            throw RowFlaw("there is no column \(missing.quoted); found \(Self.list(all))")
        }
        let names = selection ?? all
        let values = try Self.values(first, names, selection != nil)
        try self.init(names: names, values: values, isSelection: selection != nil)
    }

    /// Columns with the given names and values of the first row.
    init(names: [String], values: [TrainingValue], isSelection: Bool = false) throws(RowFlaw) {
        guard names.count == values.count else {
            throw RowFlaw("found \(values.count) values; expected one for each column (\(Self.list(names)))")
        }
        for (index, name) in names.enumerated() where names[..<index].contains(where: { $0.isExactly(name) }) {
            throw RowFlaw("two columns are called \(name.quoted)")
        }
        guard !names.isEmpty else { throw RowFlaw("there is no column") }
        self.names = names
        self.isSelection = isSelection
        kinds = values.map(ColumnKind.init)
        label = Self.labelNames.lazy.compactMap { label in names.firstIndex { $0.isExactly(label) } }.first
        if let label, kinds[label].inputCount > 0 {
            let shown = values[label].allTexts.first?.quoted ?? ""
            throw RowFlaw("\(names[label].quoted) is \(kinds[label]) (\(shown)); expected a number")
        }
        try check(values)
    }

    /// The values of a row.
    ///
    /// - Throws: ``RowFlaw`` if the row does not match the first one.
    func values(_ content: DataRow.Content) throws -> [TrainingValue] {
        let values = try Self.values(content, names, isSelection)
        try check(values)
        return values
    }

    /// Checks values of a row against those of the first one.
    func check(_ values: [TrainingValue]) throws(RowFlaw) {
        guard values.count == names.count else {
            throw RowFlaw("found \(values.count) values; expected one for each column (\(Self.list(names)))")
        }
        for (index, value) in values.enumerated() {
            if let flaw = value.flaw { throw RowFlaw("\(names[index].quoted) \(flaw)") }
            if let flaw = flaw(of: value, in: index), !isListOfDocuments(values) { throw flaw }
        }
    }

    /// Why a value does not match that of the first row; nil if it does.
    private func flaw(of value: TrainingValue, in column: Int) -> RowFlaw? {
        let kind = ColumnKind(value)
        guard kind != kinds[column] else { return nil }
        let shown = value.allTexts.first.map { " (\($0.quoted))" } ?? ""
        return RowFlaw("\(names[column].quoted) is \(kind)\(shown); expected \(kinds[column]), as in the first row")
    }

    /// Why a row has lists of another length than the first row; nil if it has not.
    func unevenness(_ values: [TrainingValue]) -> RowFlaw? {
        values.indices.lazy.compactMap { flaw(of: values[$0], in: $0) }.first
    }

    /// Whether a row is a query with a list of documents and as many labels, which may differ in number from row to row.
    private func isListOfDocuments(_ values: [TrainingValue]) -> Bool {
        guard let label, case .numbers = kinds[label], case .numbers(let labels) = values[label] else { return false }
        let others = values.indices.filter { $0 != label }
        let lists = others.filter { if case .texts = kinds[$0] { true } else { false } }
        guard lists.count == 1, case .texts(let documents) = values[lists[0]] else { return false }
        return documents.count == labels.count
            && others.allSatisfy { $0 == lists[0] || ColumnKind(values[$0]) == kinds[$0] }
    }

    // MARK: Rows of files

    private static func names(of content: DataRow.Content) throws -> [String] {
        switch content {
        case .text: return ["text"]
        case .fields(_, let columns): return columns
        case .json(let json):
            if case .object = json.value { return try json.keys() }
            if case .string = json.value { return ["text"] }
            let elements = json.value.asArray ?? []
            let texts = elements.prefix { $0.asDouble == nil }.count
            guard texts > 0, texts >= elements.count - 1 else {
                throw RowFlaw("is no row; expected an object, or an array of texts and perhaps a number after them")
            }
            // The names that the reference gives to texts of rows without names.
            return (0..<texts).map { "sentence_\($0)" } + (texts < elements.count ? ["label"] : [])
        }
    }

    private static func values(
        _ content: DataRow.Content, _ names: [String], _ isSelection: Bool
    ) throws -> [TrainingValue] {
        switch content {
        case .text(let text): return [.text(text)]
        case .fields(let fields, let columns): return try values(fields, columns, names)
        case .json(let json):
            if case .object(let members) = json.value { return try values(members, names, isSelection) }
            let elements = json.value.asArray ?? [json.value]
            guard elements.count == names.count else {
                throw RowFlaw("found \(elements.count) values; expected \(names.count) (\(list(names)))")
            }
            return try zip(elements, names).map { try value($0, $1) }
        }
    }

    private static func values(
        _ members: JSONObject, _ names: [String], _ isSelection: Bool
    ) throws -> [TrainingValue] {
        let values = try names.map { name in
            guard let member = members[name] else {
                throw RowFlaw("the column \(name.quoted) is missing; expected \(list(names)), as in the first row")
            }
            return try value(member, name)
        }
        if members.count > names.count, !isSelection {
            let known = Set(exact: names)
            let extra = members.keys.sortedStrings.first { !known.contains($0) } ?? ""
            throw RowFlaw("found the column \(extra.quoted), which the first row does not have (\(list(names)))")
        }
        return values
    }

    private static func value(_ json: JSONValue, _ name: String) throws -> TrainingValue {
        do { return try TrainingValue(json) } catch { throw RowFlaw("\(name.quoted) \(error)") }
    }

    private static func values(_ fields: [String], _ columns: [String], _ names: [String]) throws -> [TrainingValue] {
        try names.map { name in
            let field = columns.firstIndex { $0.isExactly(name) }.map { fields[$0] } ?? ""
            // A table has no kinds of values, so that the name says which are numbers.
            guard labelNames.contains(where: { $0.isExactly(name) }) else { return .text(field) }
            guard let number = TrainingValue(number: field) else {
                throw RowFlaw("\(name.quoted) is \(field.quoted); expected a number")
            }
            return number
        }
    }

    /// Names for a message.
    static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
