// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTokenizers
import Testing

@Suite struct ErrorTests {
    private static let model = """
        "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",\
        "max_input_chars_per_word":100,"vocab":{"[UNK]":0,"a":1}}
        """

    /// The folder's files, and what loading it says.
    struct Broken: Sendable, CustomTestStringConvertible {
        var files: [String: String]
        var message: String
        var testDescription: String { message }
    }

    static let broken: [Broken] = [
        Broken(
            files: [
                "tokenizer.json":
                    "{\"added_tokens\":[{\"id\":2,\"content\":\"\(String(repeating: "x", count: 513))\"}],"
                    + "\(model)}"
            ],
            message: """
                tokenizer.json: the added token "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" has 513 bytes; 512 are the limit
                """),
        Broken(
            files: [
                "tokenizer.json": "{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],"
                    + "[\"\(String(repeating: "x", count: 513))\",-1]]}}"
            ],
            message: """
                tokenizer.json: model.vocab has a token of 513 bytes; a Unigram model may have tokens of 512
                """),
        Broken(
            files: ["tokenizer.json": "{\"normalizer\":{\"type\":\"Uppercase\"},\(model)}"],
            message: """
                tokenizer.json: normalizer "Uppercase" is not supported by this version; supported: BertNormalizer, ByteLevel, \
                Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, StripAccents
                """),
        Broken(
            files: ["tokenizer.json": "{\"pre_tokenizer\":{\"type\":\"Syllables\"},\(model)}"],
            message: """
                tokenizer.json: pre_tokenizer "Syllables" is not supported by this version; supported: \
                BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, FixedLength, Metaspace, Punctuation, \
                Sequence, Split, UnicodeScripts, Whitespace, WhitespaceSplit
                """),
        Broken(
            files: ["tokenizer.json": "{\"post_processor\":{\"type\":\"Other\"},\(model)}"],
            message: """
                tokenizer.json: post_processor "Other" is not supported by this version; supported: BertProcessing, \
                ByteLevel, RobertaProcessing, Sequence, TemplateProcessing
                """),
        Broken(
            files: ["tokenizer.json": "{\"decoder\":{\"type\":\"Other\"},\(model)}"],
            message: """
                tokenizer.json: decoder "Other" is not supported by this version; supported: BPEDecoder, ByteFallback, \
                ByteLevel, CTC, Fuse, Metaspace, Replace, Sequence, Strip, WordPiece
                """),
        Broken(
            files: ["tokenizer.json": "{\"model\":{\"type\":\"Markov\",\"vocab\":{\"a\":0}}}"],
            message: """
                tokenizer.json: model "Markov" is not supported by this version; supported: BPE, Unigram, WordLevel, \
                WordPiece
                """),
        Broken(
            files: ["tokenizer.json": "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}"],
            message: """
                tokenizer.json: model.merges needs the token "b", which is not in the vocabulary; add it there
                """),
        Broken(
            files: ["tokenizer.json": "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b c\"]}}"],
            message: "tokenizer.json: the merge \"a b c\" is not two tokens with one space between"),
        Broken(
            files: ["tokenizer.json": "{\"model\":{\"type\":\"Unigram\",\"unk_id\":1,\"vocab\":[[\"a\",-1.5]]}}"],
            message: """
                tokenizer.json: model.unk_id is 1, but the vocabulary has 1 tokens; correct the id
                """),
        Broken(
            files: [
                "tokenizer.json": """
                {"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a)\\\\1"},"behavior":"Isolated","invert":false},\(model)}
                """
            ],
            message: """
                tokenizer.json: the regular expression (a)\\1 has the escape \\1 at character 5, which this version does \
                not support
                """),
        Broken(
            files: [
                "sentencepiece.bpe.model": "\u{A}\u{7F}",
                "tokenizer_config.json": "{\"tokenizer_class\":\"XLMRobertaTokenizer\"}",
            ],
            message: "sentencepiece.bpe.model: is not a SentencePiece model: its fields are broken"),
        Broken(
            files: ["vocab.json": "{\"a\":0}", "tokenizer_config.json": "{\"tokenizer_class\":\"T5Tokenizer\"}"],
            message: """
                tokenizer_config.json: the tokenizer's class needs one of tokenizer.json, sentencepiece.bpe.model, \
                spiece.model, tokenizer.model, spm.model, sentencepiece.model, none of which is in the folder
                """),
        Broken(
            files: ["tokenizer.json": "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0}}}"],
            message: """
                tokenizer.json: the unknown token "[UNK]" of the WordPiece model is not in the vocabulary; add it there
                """),
        Broken(
            files: ["vocab.txt": "a\nb\n"],
            message: """
                vocab.txt: the unknown token "[UNK]" of the WordPiece model is not in the vocabulary; add it there
                """),
        Broken(
            files: ["tokenizer.json": "{\"model\":{\"vocab\":{\"a\":-1}}}"],
            message: """
                tokenizer.json: not valid JSON: found byte 0x2d at offset 23, expected an integer of 0 or more
                """),
        Broken(
            files: ["tokenizer.json": "{\"model\":{\"vocab\":{\"a\":99999999999999999999}}}"],
            message: """
                tokenizer.json: model.vocab gives "a" the id 9007199254740992; ids must be below 16777216
                """),
        Broken(
            files: ["tokenizer.json": "{\"model\":{\"vocab\":{\"\\ud800\":1}}}"],
            message: """
                tokenizer.json: not valid JSON: found byte 0x22 at offset 26, expected the second half of a \
                surrogate pair
                """),
        Broken(files: ["tokenizer.json": "{}"], message: "tokenizer.json: has no \"model\" with a \"vocab\""),
        Broken(
            files: ["tokenizer.json": ""],
            message: "tokenizer.json: not valid JSON: found the end of the file at offset 0, expected \"{\""),
        Broken(
            files: ["tokenizer.json": "{\"added_tokens\":[{\"id\":1}],\(model)}"],
            message: "tokenizer.json: added_tokens.0 has no \"content\""),
        Broken(
            files: [
                "tokenizer.json": """
                {"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[X]","type_id":0}}],\
                "pair":[],"special_tokens":{}},\(model)}
                """
            ],
            message: """
                tokenizer.json: post_processor.single uses the special token "[X]", which \
                post_processor.special_tokens does not have; add it there
                """),
        Broken(
            files: [
                "tokenizer.json": """
                {"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[X]","type_id":0}}],\
                "pair":[],"special_tokens":{"[X]":{"ids":[-7]}}},\(model)}
                """
            ],
            message: """
                tokenizer.json: post_processor puts the id -7 around texts, which is not in the vocabulary; correct \
                the id
                """),
        Broken(
            files: [
                "tokenizer.json": """
                {"post_processor":{"type":"TemplateProcessing","single":[{"Sequence":{"id":"B","type_id":0}}],\
                "pair":[],"special_tokens":{}},\(model)}
                """
            ],
            message: """
                tokenizer.json: post_processor.single has a piece that is neither a SpecialToken nor the Sequence A
                """),
        Broken(
            files: ["tokenizer.json": "{\(model)}", "tokenizer_config.json": "{\"model_max_length\":\"long\"}"],
            message: "tokenizer_config.json: model_max_length cannot be used: expected a number, found \"long\""),
        Broken(
            files: ["tokenizer.json": "{\(model)}", "tokenizer_config.json": "{\"model_input_names\":\"input_ids\"}"],
            message: "tokenizer_config.json: model_input_names cannot be used: expected a list of texts"),
        Broken(
            files: ["tokenizer.json": "{\"truncation\":{\"max_length\":[]},\(model)}"],
            message: "tokenizer.json: truncation.max_length cannot be used: expected an integer, found an array"),
        Broken(
            files: ["tokenizer.json": "{\"padding\":3,\(model)}"],
            message: "tokenizer.json: padding cannot be used: expected an object, found 3"),
        Broken(
            files: ["tokenizer.json": "{\"padding\":{\"direction\":\"Up\"},\(model)}"],
            message: "tokenizer.json: padding.direction has a value that it cannot have"),
        Broken(
            files: [
                "tokenizer.json": "{\(model)}",
                "tokenizer_config.json": "{\"tokenizer_class\":\"BertTokenizer\",\"unk_token\":null}",
            ],
            message: """
                tokenizer_config.json: unk_token is null, but the tokenizer's class needs one; name it, or leave the \
                key out
                """),
        Broken(
            files: ["tokenizer.json": "{\(model)}", "tokenizer_config.json": "{\"model_max_length\":-1}"],
            message: "tokenizer_config.json: model_max_length is -1.0; expected 0 or more"),
        Broken(
            files: ["tokenizer.json": "{\(model)}", "tokenizer_config.json": "{\"fix_mistral_regex\":true}"],
            message: """
                tokenizer_config.json: fix_mistral_regex asks for another pre-tokenizer than the file has, which is not \
                supported by this version; save the tokenizer once more with the reference
                """),
        Broken(
            files: ["tokenizer.json": "{\(model)}", "tokenizer_config.json": "[1"],
            message:
                "tokenizer_config.json: not valid JSON: expected \",\" or \"]\", found the end of the text; the file may be incomplete"
        ),
        Broken(
            files: [
                "tokenizer.json": "{\(model)}",
                "tokenizer_config.json": "{\"added_tokens_decoder\":{\"x\":{\"content\":\"y\"}}}",
            ],
            message: "tokenizer_config.json: added_tokens_decoder has the key \"x\"; expected an id of 0 or more"),
        Broken(
            files: [
                "tokenizer.json": "{\(model)}", "tokenizer_config.json": "{\"tokenizer_class\":\"WhisperTokenizer\"}",
            ],
            message: """
                tokenizer_config.json: tokenizer_class "WhisperTokenizer" is not supported by this version; supported: \
                AlbertTokenizer, BartTokenizer, BertTokenizer, BigBirdTokenizer, CLIPTokenizer, CamembertTokenizer, \
                CodeGenTokenizer, ConvBertTokenizer, DPRContextEncoderTokenizer, DPRQuestionEncoderTokenizer, \
                DPRReaderTokenizer, DebertaTokenizer, DebertaV2Tokenizer, DistilBertTokenizer, ElectraTokenizer, \
                FNetTokenizer, GPT2Tokenizer, GPTNeoXTokenizer, GemmaTokenizer, LEDTokenizer, LayoutLMTokenizer, \
                LlamaTokenizer, LongformerTokenizer, LxmertTokenizer, MBart50Tokenizer, MBartTokenizer, MPNetTokenizer, \
                MobileBertTokenizer, MvpTokenizer, NllbTokenizer, PegasusTokenizer, PreTrainedTokenizerFast, \
                Qwen2Tokenizer, RemBertTokenizer, RobertaTokenizer, SqueezeBertTokenizer, \
                T5Tokenizer, TokenizersBackend, XLMRobertaTokenizer, XLNetTokenizer
                """),
    ]

    @Test("A broken folder is told from a good one, and why", arguments: broken)
    func brokenFolder(broken: Broken) throws {
        try Fixtures.withTemporaryFolder { folder in
            for (name, text) in broken.files {
                try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            }
            let error = try #require(throws: TokenizerError.self) { try Tokenizer(directory: folder) }
            #expect(error.description == broken.message)
        }
    }

    @Test("A folder without a tokenizer says what was expected")
    func emptyFolder() throws {
        try Fixtures.withTemporaryFolder { folder in
            let error = try #require(throws: TokenizerError.self) { try Tokenizer(directory: folder) }
            #expect(error.code == .unreadableFile)
            #expect(
                error.description == """
                    there is no tokenizer in \(folder.path): expected tokenizer.json, vocab.txt, vocab.json or a \
                    SentencePiece model; check the folder
                    """)
        }
    }

    @Test("Invalid UTF-8 is an error", arguments: ["tokenizer.json", "vocab.txt"])
    func invalidText(name: String) throws {
        try Fixtures.withTemporaryFolder { folder in
            try Data([0x7B, 0xFF, 0x7D]).write(to: folder.appendingPathComponent(name))
            let error = try #require(throws: TokenizerError.self) { try Tokenizer(directory: folder) }
            #expect(error.description == "\(name): is not valid UTF-8")
        }
    }

    @Test("Deep nesting is an error", arguments: ["tokenizer.json", "tokenizer_config.json"], [129, 513, 100_000])
    func deepNesting(name: String, depth: Int) throws {
        try Fixtures.withTemporaryFolder { folder in
            let source = Fixtures.folder("verbatim")
            for file in ["tokenizer.json", "tokenizer_config.json"] where file != name {
                try FileManager.default.copyItem(
                    at: source.appendingPathComponent(file), to: folder.appendingPathComponent(file))
            }
            let nested = Data("{\"a\":".utf8) + Data(repeating: UInt8(ascii: "["), count: depth)
            try nested.write(to: folder.appendingPathComponent(name))
            let error = try #require(throws: TokenizerError.self) { try Tokenizer(directory: folder) }
            #expect(error.description.hasPrefix("\(name): not valid JSON"))
        }
    }

    @Test("Decoding an unknown id is an error", arguments: [-1, 100_000, Int32.max, Int32.min])
    func unknownID(id: Int32) throws {
        let tokenizer = try Tokenizer(directory: Fixtures.folder("uncased"))
        let error = try #require(throws: TokenizerError.self) { try tokenizer.decode([id]) }
        #expect(
            error.description
                == "the id \(id) is not in the vocabulary of \(tokenizer.vocabularySize) tokens")
        #expect(tokenizer.token(of: id) == nil)
    }
}
