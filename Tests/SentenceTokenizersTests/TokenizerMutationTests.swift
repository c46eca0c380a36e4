// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTokenizers
import Testing

/// A tokenizer with a damaged file loads and works, or says what is wrong.
///
/// `make fuzz` runs many more mutations.
@Suite struct TokenizerMutationTests {
    private static let pieces = [
        "4294967296", "16777216", "-1", "1e9", "true", "\"\"", "\"type\":", "Sequence", "ByteLevel", "Replace", "Split",
        "Regex", "Metaspace", "BPE", "Unigram", "WordPiece", "WordLevel", "##", "▁", "(?:a*)*", "\\\\p{L}+", "[^", "\n",
    ].map { Array($0.utf8) }

    @Test(
        "Damaged tokenizer.json",
        arguments: [
            "bpe_prefix", "debertav2", "gemma", "gpt2", "llama3", "modernbert", "odd", "unigram", "unigram_bytes",
            "wordlevel",
        ])
    func tokenizerFiles(kind: String) throws {
        try check("tokenizer.json", of: Fixtures.kinds.appendingPathComponent(kind), usualCount: 100) {
            try Self.shrink($0)
        }
    }

    @Test("Damaged tokenizer.json of WordPiece", arguments: ["every_flag", "verbatim", "verbatim_bert"])
    func wordPieceFiles(name: String) throws {
        try check("tokenizer.json", of: Fixtures.folder(name), usualCount: 100) { try Self.shrink($0) }
    }

    @Test(
        "Damaged older files",
        arguments: [
            ("kinds/roberta_old", "merges.txt"), ("kinds/roberta_old", "vocab.json"), ("kinds/t5", "spiece.model"),
            ("kinds/llama", "tokenizer.model"), ("tokenizers/vocab_only", "vocab.txt"),
            ("tokenizers/vocab_only", "special_tokens_map.json"), ("tokenizers/vocab_only", "added_tokens.json"),
            ("tokenizers/decoder_map", "tokenizer_config.json"),
            ("kinds/nllb", "sentencepiece.bpe.model"), ("kinds/pegasus", "tokenizer_config.json"),
        ])
    func olderFiles(folder: String, file: String) throws {
        try check(file, of: Fixture.url(folder), usualCount: 50) { $0 }
    }

    /// Damages one file of a folder, as `prepare` makes it.
    private func check(
        _ file: String, of source: URL, usualCount: Int, prepare: (Data) throws -> Data
    ) throws {
        let folder = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: source.path)
        where !["generated_texts.json", "cases.jsonl", "lowered.jsonl", "expected.json"].contains(name) {
            try FileManager.default.copyItem(
                at: source.appendingPathComponent(name), to: folder.url.appending(path: name))
        }
        let sound = Array(try prepare(Data(contentsOf: source.appendingPathComponent(file))))
        let kind = "\(source.lastPathComponent)/\(file)"
        let seed = kind.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }
        func read(_ bytes: [UInt8]) throws -> Bool {
            try folder.write(bytes, to: file)
            do {
                let tokenizer = try Tokenizer(directory: folder.url)
                let text = "Hello wörld, <mask>  don't 中文 <0x41>\u{0301}\u{1F600}"
                let encoding = try tokenizer.encode(text, pair: "x ")
                #expect(encoding.offsets.allSatisfy { $0.upperBound <= text.utf8.count })
                _ = try tokenizer.decode(encoding.ids)
                return true
            } catch {
                #expect(error is TokenizerError, "\(kind): \(error)")
                return false
            }
        }
        #expect(try read(sound))
        let (_, staysSmall) = try Mutations.run(
            kind, of: [sound], pieces: Self.pieces, seed: seed, usualCount: usualCount, read: read)
        #expect(staysSmall)
    }

    /// The same tokenizer with a small vocabulary, so that mutations meet its other parts as often.
    private static func shrink(_ data: Data) throws -> Data {
        let count = 320
        var file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var model = try #require(file["model"] as? [String: Any])
        if let scored = model["vocab"] as? [[Any]] {
            model["vocab"] = Array(scored.prefix(count))
        } else {
            let vocabulary = try #require(model["vocab"] as? [String: Int]).filter { $0.value < count }
            model["vocab"] = vocabulary
            if let merges = model["merges"] as? [[String]] {
                let prefix = model["continuing_subword_prefix"] as? String ?? ""
                model["merges"] = merges.filter {
                    // By scalars, since a mark joins the prefix before it.
                    let rest = $0[1].unicodeScalars.dropFirst(prefix.unicodeScalars.count)
                    let joined = $0[0] + String(String.UnicodeScalarView(rest))
                    return vocabulary[$0[0]] != nil && vocabulary[$0[1]] != nil && vocabulary[joined] != nil
                }
            }
        }
        file["model"] = model
        return try JSONSerialization.data(withJSONObject: file, options: [.sortedKeys, .withoutEscapingSlashes])
    }
}
