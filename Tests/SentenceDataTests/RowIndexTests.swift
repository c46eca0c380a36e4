// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import SentenceData
import SentenceTestSupport
import Synchronization
import Testing

@Suite("Rows in any order")
struct RowIndexTests {
    /// Parts so small that a file of a few rows has several.
    private static let smallPart = 40

    /// The index of a file, made by several threads, and how many rows were checked.
    private func index(_ url: URL, check: @escaping @Sendable (DataRow) throws -> Void = { _ in }) throws -> RowIndex {
        let seen = Atomic(0)
        let file = try RowFile(path: url.path, name: url.lastPathComponent)
        let index = try RowIndex(
            file, partSize: Self.smallPart,
            loop: { count, body in DispatchQueue.concurrentPerform(iterations: count, execute: body) }
        ) { row in
            seen.wrappingAdd(1, ordering: .relaxed)
            try check(row)
        }
        #expect(seen.load(ordering: .relaxed) == index.count)
        return index
    }

    private func text(_ content: DataRow.Content) -> String {
        switch content {
        case .text(let text): text
        case .json(let json): String(decoding: json.bytes, as: UTF8.self)
        case .fields(let fields, _): fields.joined(separator: "|")
        }
    }

    @Test(
        "Rows are those that a reader finds from beginning to end, with their lines",
        arguments: [
            (
                "a.jsonl",
                "{\"a\": 1}\r\n\n[\"b\", \"wörd\\n\"]\n   \n\"" + String(repeating: "x", count: 90)
                    + "\"\n{}\n\n{\"c\": [1,\"]\"]}", [1, 3, 5, 6, 8]
            ),
            ("a.json", " [\n\"a\"\n,{\"b\":\n[1,2]} , 3]\n", [2, 3, 4]), ("a.json", "{\"a\":1}\n{\"a\":2}", [1, 2]),
            ("a.csv", "a,b\n\n1,\"2\n\n3\"\r\n\n4,\"\"\"\"\n5,6", [3, 7, 8]),
            ("a.tsv", "a\tb\n1,2\t\"3\t4\"\n5\t6\n", [2, 3]),
            ("a.txt", (0..<40).map { "line \($0)" }.joined(separator: "\n"), Array(1...40)),
            ("a.jsonl", "", []), ("a.json", "[]", []), ("a.csv", "a,b\n", []),
        ])
    func rows(name: String, content: String, lines: [Int]) throws {
        let folder = try TemporaryFolder()
        for bytes in [Array(content.utf8), [0xEF, 0xBB, 0xBF] + content.utf8, Gzip.member(content.utf8)] {
            let url = try folder.write(bytes, to: name)
            let expected = try readRows([url.path]).rows
            let index = try index(url)
            #expect(index.count == lines.count)
            // From the last to the first, so that no row depends on the one before it.
            #expect(
                try (0..<index.count).reversed().map { try text(index.content(of: $0)) } == expected.reversed())
            #expect((0..<index.count).map(index.place) == lines.map { "\(name), line \($0)" })
        }
    }

    @Test("The first row that is refused is named, whichever thread finds one first")
    func firstError() throws {
        let folder = try TemporaryFolder()
        let rows = (0..<500).map { $0 == 300 || $0 == 301 || $0 == 499 ? "{\"a\" 1}" : "{\"a\": \($0)}" }
        let url = try folder.write("\n" + rows.joined(separator: "\n"), to: "a.jsonl")
        for _ in 0..<10 {
            let error = #expect(throws: (any Error).self) { try index(url) }
            #expect("\(error.map { "\($0)" } ?? "")".hasPrefix("a.jsonl, line 302: not valid JSON"))
            // What the check refuses counts in the same way.
            let own = #expect(throws: DataError.self) {
                try index(url) { row in
                    guard case .json(let json) = row.content else { return }
                    if ["{\"a\": 77}", "{\"a\": 78}"].contains(where: { json.bytes == Array($0.utf8) }) {
                        throw row.error("no")
                    }
                }
            }
            #expect(own?.description == "a.jsonl, line 79: no")
        }
    }

    @Test("Places are found again")
    func places() throws {
        let folder = try TemporaryFolder()
        let content = (0..<99).map { "\($0)" }.joined(separator: "\n")
        let url = try folder.write(content, to: "a.jsonl")
        let offsets = Mutex<[Int]>([])
        let index = try index(url) { row in offsets.withLock { $0.append(row.offset) } }
        #expect(offsets.withLock { $0.sorted() }.map(index.row) == Array(0..<99))
        #expect((0..<99).map(index.byteCount).reduce(0, +) == content.utf8.count)
    }

    @Test("A file that changes is named with its line, and one that becomes shorter does not crash")
    func changedFile() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write("[1]\n\n[2]\n[3]\n", to: "a.jsonl")
        let index = try index(url)
        let handle = try FileHandle(forWritingTo: url)
        try handle.seek(toOffset: 5)
        try handle.write(contentsOf: Data("{2]".utf8))
        let error = #expect(throws: (any Error).self) { try index.content(of: 1) }
        #expect("\(error.map { "\($0)" } ?? "")".hasPrefix("a.jsonl, line 3: not valid JSON"))
        try handle.truncate(atOffset: 6)
        #expect(
            throws: DataError("a.jsonl became shorter while it was read; start again with a file that stays")
        ) { try index.content(of: 2) }
        try handle.close()
    }

    @Test("What cannot be opened is named")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path
        func message(_ name: String) -> String? {
            do {
                _ = try RowFile(path: "\(path)/\(name)", name: name)
                return nil
            } catch { return "\(error)".replacing(path, with: "…") }
        }
        #expect(message("no.jsonl") == "cannot open …/no.jsonl: No such file or directory")
        try folder.makeFolder("a.csv")
        #expect(message("a.csv") == "…/a.csv is a folder; name a file in it")
        try folder.write("a", to: "a.parquet")
        #expect(
            message("a.parquet")?.hasPrefix("a.parquet: the name says no format; expected one that ends in") == true)
        try folder.write([0xFF, 0xFE, 0x61, 0], to: "a.jsonl")
        #expect(message("a.jsonl")?.hasPrefix("a.jsonl is UTF-16") == true)
        try folder.write(Gzip.member("[1]\n".utf8).dropLast(), to: "a.jsonl.gz")
        #expect(message("a.jsonl.gz")?.contains("the gzip data ends early") == true)
    }
}
