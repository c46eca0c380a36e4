// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file of a BEIR folder.
struct RetrievalFile {
    private let url: URL
    private let name: String

    /// The endings that files may have, each also with `.gz`.
    static let endings = [".jsonl", ".tsv", ".csv", ".json"]

    /// The first file that there is.
    ///
    /// - Parameters:
    ///   - names: Names without endings, best first.
    ///   - folder: Where they may be.
    /// - Returns: The file, nil if there is none.
    static func first(of names: [String], in folder: URL) -> RetrievalFile? {
        for name in names {
            for ending in endings.flatMap({ [$0, $0 + ".gz"] }) {
                let url = folder.appending(path: name + ending)
                if FileManager.default.fileExists(atPath: url.path) {
                    return RetrievalFile(url: url, name: "\(folder.lastPathComponent)/\(name)\(ending)")
                }
            }
        }
        return nil
    }

    /// Refuses a folder that has its data as Parquet files, as data sets on the Hub have them.
    ///
    /// - Throws: ``TrainingError`` with the name of such a file and what to do.
    static func refuseParquet(in folder: URL) throws {
        func names(_ url: URL) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted { $0.precedesByBytes($1) }
        }
        let found = names(folder).lazy.flatMap { name in
            [name] + names(folder.appending(path: name)).map { "\(name)/\($0)" }
        }
        guard let file = found.first(where: { $0.hasExactSuffix(".parquet") }) else { return }
        throw TrainingError(
            .invalidData,
            "\(folder.path): \(file) is a Parquet file, which is not read; convert the files of corpus, queries and qrels to "
                + "corpus.jsonl, queries.jsonl and qrels.jsonl, in Python with pandas.read_parquet(…).to_json(…, "
                + "orient=\"records\", lines=True)")
    }

    /// Identifiers with texts, each after its title.
    func texts() throws -> [(id: String, text: String)] {
        var seen: Set<ExactString> = []
        return try rows { row in
            let id = try row.text("_id")
            guard seen.insert(id) else { throw RowFlaw("two rows have the _id \"\(id)\"") }
            let title = try row.optionalText("title") ?? "", text = try row.text("text")
            return (id, title.isEmpty ? text : text.isEmpty ? title : "\(title) \(text)")
        }
    }

    /// Which documents are how relevant; 1 if there is no score.
    func relevance() throws -> [(query: String, document: String, grade: Double)] {
        try rows { row -> [(query: String, document: String, grade: Double)] in
            let query = try row.text("query-id"), grade = try row.number("score") ?? 1
            return try row.texts("corpus-id").map { (query, $0, grade) }
        }.flatMap { $0 }
    }

    /// What a first search found.
    func candidates() throws -> [(query: String, documents: [String])] {
        try rows { row in (try row.text("query-id"), try row.texts("corpus-ids")) }
    }

    /// What is made of each row; errors tell its place.
    private func rows<Value>(_ body: (RetrievalRow) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        do {
            let file = try RowFile(path: url.path, name: name)
            try file.forEachRow { row in
                do { values.append(try body(RetrievalRow(row.content))) } catch let flaw as RowFlaw {
                    throw row.error(flaw.description)
                }
            }
        } catch { throw TrainingError(.invalidData, "\(error)".onOneLine) }
        guard !values.isEmpty else { throw TrainingError(.invalidData, "\(name): there is no row") }
        return values
    }
}

/// A row of a BEIR file.
private struct RetrievalRow {
    private let members: JSONObject

    init(_ content: DataRow.Content) throws {
        switch content {
        case .json(let json):
            guard let object = json.value.asObject else { throw RowFlaw("is no object") }
            members = object
        case .fields(let fields, let columns):
            guard fields.count == columns.count else {
                throw RowFlaw("found \(fields.count) fields; expected \(columns.count)")
            }
            // Of two columns with one name the first counts.
            members = JSONObject(
                zip(columns, fields).map { (ExactString($0), .string($1)) }, uniquingKeysWith: { first, _ in first })
        case .text: throw RowFlaw("is no object")
        }
    }

    func optionalText(_ key: String) throws -> String? {
        switch members[ExactString(key)] {
        case nil, .null: return nil
        case .string(let text): return text
        // Some data sets number their documents.
        case .int(let number): return "\(number)"
        case let other?: throw RowFlaw("\"\(key)\" is \(other.summary); expected a text")
        }
    }

    func text(_ key: String) throws -> String {
        guard let text = try optionalText(key) else {
            let found = members.keys.map(\.string).sorted().joined(separator: ", ")
            throw RowFlaw("there is no \"\(key)\"; found \(found.isEmpty ? "nothing" : found)")
        }
        return text
    }

    /// A list of texts, or one that stands for a list.
    func texts(_ key: String) throws -> [String] {
        guard let list = members[ExactString(key)]?.asArray else { return [try text(key)] }
        return try list.map {
            if let number = $0.asInt { return "\(number)" }
            guard let text = $0.asString else { throw RowFlaw("\"\(key)\" has \($0.summary); expected texts") }
            return text
        }
    }

    func number(_ key: String) throws -> Double? {
        guard let value = members[ExactString(key)], value != .null else { return nil }
        guard let number = value.asDouble ?? value.asString.flatMap(Double.init), number.isFinite else {
            throw RowFlaw("\"\(key)\" is \(value.summary); expected a number")
        }
        return number
    }
}
