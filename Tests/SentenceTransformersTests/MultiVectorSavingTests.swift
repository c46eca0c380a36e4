// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Saving and loading multi-vector encoders")
struct MultiVectorSavingTests {
    @Test("A saved model gives the same bits, whatever library it was of", arguments: MultiVectorFixture.names)
    func roundTrip(name: String) throws {
        let fixture = try MultiVectorFixture(name)
        let model = try fixture.load()
        let folder = try TemporaryFolder()
        try model.save(to: folder.url)
        // For the reference to load (`make interoperability`).
        if let kept = ProcessInfo.processInfo.environment["SENTENCE_SAVED_MODELS"] {
            try model.save(to: URL(filePath: kept).appending(path: "vectors/\(name)"))
        }
        let again = try MultiVectorEncoder(directory: folder.url, computePrecision: .float32Highest)
        #expect(try again.encodeQuery(fixture.texts) == model.encodeQuery(fixture.texts))
        #expect(try again.encodeDocument(fixture.texts) == model.encodeDocument(fixture.texts))
        #expect(again.prompts == model.prompts)
        #expect(again.similarityFunction == model.similarityFunction)
        #expect(again.maximumSequenceLength == model.maximumSequenceLength)
    }

    private static let damages: [(model: String, file: String, content: String?, message: String)] = [
        ("fixed_hidden", "sentence_bert_config.json", #"{"query_expansion": {"strategy": "most"}}"#, "supported: "),
        ("fixed_hidden", "sentence_bert_config.json", #"{"query_expansion": {"strategy": "min"}}"#, "length"),
        (
            "fixed_hidden", "sentence_bert_config.json", #"{"query_expansion": {"strategy": "min", "length": 65}}"#,
            "expected at most 64"
        ),
        (
            "fixed_hidden", "sentence_bert_config.json",
            #"{"query_length": 5, "query_expansion": {"strategy": "min", "length": 6}}"#, "expected 6 or more"
        ),
        (
            "fixed_hidden", "sentence_bert_config.json",
            #"{"query_expansion": {"strategy": "min", "length": 6, "token": "nowhere"}}"#,
            "expected a token of the vocabulary"
        ),
        (
            "fixed_hidden", "sentence_bert_config.json",
            #"{"query_expansion": {"strategy": "min", "length": 6, "width": 3}}"#, "supported: strategy, length"
        ),
        (
            "lfm2_biased", "sentence_bert_config.json", #"{"query_expansion": {"strategy": "min", "length": 6}}"#,
            "no mask_token and no eos_token"
        ),
        (
            "lfm2_biased", "sentence_bert_config.json",
            #"{"query_expansion": {"strategy": "min", "length": 9999999, "token": "a"}}"#, "expected 1 to 32768"
        ),
        ("fixed_hidden", "sentence_bert_config.json", #"{"document_length": 0}"#, "expected a positive number"),
        (
            "pooling", "4_HierarchicalTokenPooling/config.json", #"{"pool_factor": 0.5}"#,
            "expected a number of 1 or more"
        ),
        (
            "pooling", "4_HierarchicalTokenPooling/config.json", #"{"num_protected_tokens": -1}"#, "expected 0 or more"
        ),
        ("keeping", "2_MultiVectorMask/config.json", #"{"skiplist_words": [3]}"#, "skiplist_words"),
        ("stanford", "artifact.metadata", #"{"query_maxlen": "many"}"#, "query_maxlen"),
        ("stanford", "artifact.metadata", "{", "artifact.metadata"),
        ("stanford", "config.json", nil, "no model in"),
        ("pylate", "config_sentence_transformers.json", #"{"query_prefix": 3}"#, "query_prefix"),
        (
            "pylate", "modules.json", #"[{"path": "", "type": "pylate.models.Other.Other"}]"#,
            "which this library never runs"
        ),
        (
            "pylate", "modules.json",
            #"[{"path": "", "type": "sentence_transformers.multi_vector_encoder.modules.token_pooling.LambdaTokenPooling"}]"#,
            "LambdaTokenPooling\" is not supported"
        ),
        (
            "keeping", "config_sentence_transformers.json", #"{"model_type": "SentenceTransformer"}"#,
            "is a SentenceTransformer, not a MultiVectorEncoder; open it with SentenceTransformer"
        ),
    ]

    @Test("A damaged model is an error that says what is wrong", arguments: damages.indices)
    func damaged(index: Int) throws {
        let (model, file, content, expected) = Self.damages[index]
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("vectors/\(model)"), to: url)
        let target = url.appending(path: file)
        try FileManager.default.removeItem(at: target)
        if let content { try Data(content.utf8).write(to: target) }
        let message = errorText { try MultiVectorEncoder(directory: url) }
        #expect(message.contains(expected), "\(message)")
        #expect(!message.contains("\n"))
    }

    @Test("What would need a random projection is refused")
    func plain() throws {
        let message = errorText { try MultiVectorEncoder(directory: Fixture.url("models/plain")) }
        #expect(message.contains("has no projection") && message.contains("SentenceTransformer"), "\(message)")
        let other = errorText { try SentenceTransformer(directory: Fixture.url("vectors/pylate_old")) }
        #expect(other.contains("is a MultiVectorEncoder"), "\(other)")
    }
}
