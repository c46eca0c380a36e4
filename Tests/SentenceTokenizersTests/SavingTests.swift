// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTokenizers
import Testing

@Suite struct SavingTests {
    @Test("A saved tokenizer has the bytes of the loaded one", arguments: Fixtures.names)
    func roundTrip(name: String) throws {
        let tokenizer = try Tokenizer(directory: Fixtures.folder(name))
        try Fixtures.withTemporaryFolder { folder in
            try tokenizer.save(to: folder)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names.contains("tokenizer_config.json"))
            for file in names {
                let saved = try Data(contentsOf: folder.appendingPathComponent(file))
                #expect(try saved == Data(contentsOf: Fixtures.folder(name).appendingPathComponent(file)))
            }
        }
    }

    @Test(
        "Lowercasing survives saving",
        arguments: ["cased", "verbatim_bert", "bare", "every_flag", "verbatim", "mpnet", "vocab_only"])
    func lowercasing(name: String) throws {
        let tokenizer = try Tokenizer(directory: Fixtures.folder(name)).withLowercasing()
        try Fixtures.withTemporaryFolder { folder in
            try tokenizer.save(to: folder)
            let loaded = try Tokenizer(directory: folder)
            for text in ["Näher DON'T İstanbul", "ΣΊΣΥΦΟΣ a [MASK] É", "中A"] {
                #expect(try loaded.encode(text) == tokenizer.encode(text))
            }
            // A second time changes nothing.
            #expect(try loaded.withLowercasing().encode("ABC") == tokenizer.encode("ABC"))
        }
    }

    @Test("A folder that is not there is an error")
    func missingFolder() throws {
        let tokenizer = try Tokenizer(directory: Fixtures.folder("uncased"))
        let error = try #require(throws: TokenizerError.self) {
            try tokenizer.save(to: URL(fileURLWithPath: "/nowhere/at/all"))
        }
        #expect(error.code == .unwritableFile)
        #expect(error.file == "tokenizer.json")
        #expect(error.message.hasPrefix("cannot be written to /nowhere/at/all: "))
    }
}
