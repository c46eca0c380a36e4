// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceData
import SentenceTestSupport
import Testing

/// Damaged data is read, or refused with a message.
@Suite struct DataMutationTests {
    @Test(
        "Damaged files of every format",
        arguments: [
            (DataFormat.lines, "a text\n\nanother \u{E9}\r\n"),
            (.jsonl, "{\"id\": 1, \"text\": \"a\\u00e9 \\\" ]\", \"x\": [1, {}]}\n[\"a\", \"b\"]\n\n\"c\"\n"),
            (.json, "[\"a\",\n [\"b\", \"c]\"], {\"text\": \"d\\\\\"}\n]\n"),
            (.csv, "id,text\n1,\"a, \"\"b\"\"\r\nc\"\n2,d\n"), (.tsv, "id\ttext\n1\t\"a\tb\"\n2\tc\n"),
        ])
    func formats(format: DataFormat, content: String) throws {
        let folder = try TemporaryFolder()
        let sound = Array(content.utf8)
        let (accepted, staysSmall) = try Mutations.run(
            format.rawValue, of: [sound, Gzip.member(sound)],
            pieces: ["\"", "\n", ",", "\t", "\r\n"].map { Array($0.utf8) },
            seed: 11
        ) { bytes in
            let path = try folder.write(bytes, to: format == .lines ? "data.txt" : "data.\(format)").path
            let reader = DataReader([path], format: format)
            do {
                var count = 0
                while let row = try reader.next() {
                    if case .json(let json) = row.content { _ = try (json.member("text"), json.keys()) }
                    count += 1
                }
                // What can be read from beginning to end can be read in any order.
                let index = try RowIndex(RowFile(path: path, name: "data"), partSize: 16) { _ in }
                for row in 0..<index.count { _ = try index.content(of: row) }
                #expect(index.count == count)
                return true
            } catch {
                return false
            }
        }
        #expect(accepted > 0 && staysSmall)
    }
}
