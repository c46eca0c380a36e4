// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceFiles
import SentenceTransformers

/// A text or pair, and the fields of its row that go into the output.
struct InputRow: Sendable {
    let input: TokenizerInput
    /// The members of a JSON object, such as `"id":7,"title":"a"`; nil if none are asked for.
    var fields: [UInt8]?

    /// How many bytes the row adds to a window.
    var byteCount: Int { input.text.utf8.count + (input.pair?.utf8.count ?? 0) + (fields?.count ?? 0) }
}

/// What the rows of a command may be.
enum RowKind {
    case texts, pairs, either

    /// The format if nothing else determines it; pairs cannot be plain lines.
    var fallbackFormat: DataFormat { self == .pairs ? .jsonl : .lines }
}

/// Turns rows of data into inputs, by the names of their fields.
struct RowReading: Sendable {
    let kind: RowKind
    /// The field of the text, or the fields of the two texts of a pair; if empty, the usual names are tried.
    var textFields: [String] = []
    var idField: String?
    var keptFields: [String] = []
    /// Whether all fields are kept, except those of the texts.
    var keepsOthers = false

    /// The fields to try for a text if no option names one.
    static let textNames = ["text", "sentence", "content"]
    /// The fields of a pair's texts if no option names them.
    static let pairNames = ["sentence1", "sentence2"]

    /// The input in a row.
    ///
    /// - Throws: ``DataError`` if the row contains something else.
    func row(_ row: DataRow) throws -> InputRow {
        var result = InputRow(input: try input(row))
        if keepsOthers {
            result.fields = try otherFields(row)
        } else if idField != nil || !keptFields.isEmpty {
            result.fields = try fields(row)
        }
        switch (kind, result.input.pair) {
        case (.pairs, nil): throw row.error("found a single text; expected an array of two strings")
        case (.texts, _?): throw row.error("found a pair; expected a single text")
        default: return result
        }
    }

    // MARK: Texts

    private func input(_ row: DataRow) throws -> TokenizerInput {
        switch row.content {
        case .text(let text): return TokenizerInput(text)
        case .json(let json): return try input(json, row)
        case .fields(let fields, let columns):
            let names = try textColumns(columns, row)
            let texts = try names.map { fields[try column($0, columns, row)] }
            return TokenizerInput(texts[0], pair: texts.count > 1 ? texts[1] : nil)
        }
    }

    private static let expected = "expected a string, an array of two strings, or an object with \"text\""

    private func input(_ json: JSONText, _ row: DataRow) throws -> TokenizerInput {
        switch json.value {
        case .string(let text): return TokenizerInput(text)
        case .array(let elements):
            let texts = elements.compactMap(\.asString)
            guard elements.count == 2, texts.count == 2 else {
                throw row.error("found an array of \(elements.count) elements; \(Self.expected)")
            }
            return TokenizerInput(texts[0], pair: texts[1])
        case .object:
            let texts = try objectTexts(json, row)
            return TokenizerInput(texts[0], pair: texts.count > 1 ? texts[1] : nil)
        case .brokenString: throw row.error("found \(json.value.summary), which is not a text; \(Self.expected)")
        case .null, .bool, .int, .double: throw row.error("found neither text nor pair; \(Self.expected)")
        }
    }

    private func objectTexts(_ json: JSONText, _ row: DataRow) throws -> [String] {
        var names = textFields
        if names.isEmpty, kind == .pairs { names = Self.pairNames }
        if names.isEmpty, let name = try Self.textNames.first(where: { try json.member($0) != nil }) { names = [name] }
        if names.isEmpty, try json.member("image") != nil {
            throw row.error("found an image, but the model takes texts only")
        }
        return try (names.isEmpty ? ["text"] : names).map { name in
            let value = try json.member(name)?.value
            if let value, case .brokenString = value {
                throw row.error("found \(value.summary) as \(name.quoted), which is not a text")
            }
            guard let text = value?.asString else {
                let remedy =
                    textFields.isEmpty && kind != .pairs ? Self.expected : "--text-field names the field of the text"
                throw row.error("found an object without a string \"\(name)\"; \(remedy)")
            }
            return text
        }
    }

    private func textColumns(_ columns: [String], _ row: DataRow) throws -> [String] {
        if !textFields.isEmpty { return textFields }
        func has(_ name: String) -> Bool { columns.contains { $0.isExactly(name) } }
        if kind == .pairs { return Self.pairNames }
        if let name = Self.textNames.first(where: has) { return [name] }
        throw DataError(
            "\(row.file): no column is called text, sentence or content; it has: "
                + "\(columns.joined(separator: ", ")); name one with --text-field")
    }

    private func column(_ name: String, _ columns: [String], _ row: DataRow) throws -> Int {
        if let index = columns.firstIndex(where: { $0.isExactly(name) }) { return index }
        throw DataError("\(row.file): no column is called \"\(name)\"; it has: \(columns.joined(separator: ", "))")
    }

    // MARK: Other fields

    /// The members that the row's fields become in its object of the output.
    private func fields(_ row: DataRow) throws -> [UInt8] {
        var members: [UInt8] = []
        if let idField { try members.appendMember("id", value(of: idField, row, isRequired: true)) }
        for name in keptFields { try members.appendMember(name, value(of: name, row, isRequired: false)) }
        return members
    }

    /// What a result of a search has beside the fields of its row.
    private static let partsOfHits = ["corpus_id", "score", "text", "parts"]

    /// The members that all fields but those of the texts become; none for a row without fields.
    ///
    /// Fields that are called as a part of a result get `row_` before their names.
    private func otherFields(_ row: DataRow) throws -> [UInt8]? {
        let names: [String]
        let texts: [String]
        switch row.content {
        case .fields(_, let columns):
            names = columns
            texts = try textColumns(columns, row)
        case .json(let json):
            names = try json.keys()
            texts =
                try textFields.isEmpty
                ? Array(Self.textNames.filter { try json.member($0) != nil }.prefix(1)) : textFields
        case .text: return nil
        }
        var members: [UInt8] = []
        for name in names where !texts.contains(where: { $0.isExactly(name) }) {
            let isReserved = Self.partsOfHits.contains { $0.isExactly(name) }
            try members.appendMember((isReserved ? "row_" : "") + name, value(of: name, row, isRequired: false))
        }
        return members.isEmpty ? nil : members
    }

    /// The value of a field as it was written; null for an object that lacks it.
    private func value(of name: String, _ row: DataRow, isRequired: Bool) throws -> [UInt8] {
        switch row.content {
        case .fields(let fields, let columns):
            return JSONText.string(fields[try column(name, columns, row)])
        case .json(let json):
            guard case .object = json.value else { break }
            if let value = try json.member(name) {
                // Python's NaN and infinities are read, but no line of JSON can hold them.
                guard (try? value.value.serialized()) != nil else {
                    throw row.error("\"\(name)\" holds NaN or an infinite number, which JSON does not have")
                }
                return value.bytes
            }
            guard !isRequired else { throw row.error("found an object without \"\(name)\", which --id-field names") }
            return Array("null".utf8)
        case .text: break
        }
        throw row.error("found a text without fields; \"\(name)\" needs objects with fields, or CSV or TSV")
    }
}

extension [UInt8] {
    fileprivate mutating func appendMember(_ name: String, _ value: [UInt8]) {
        if !isEmpty { append(UInt8(ascii: ",")) }
        self += JSONText.string(name) + [UInt8(ascii: ":")] + value
    }
}
