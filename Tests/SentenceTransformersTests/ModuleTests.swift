// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Recurrent networks, weighted layers and routers")
struct ModuleTests {
    static let names = ["lstm", "lstm_forwards", "layers", "router", "mapped"]

    private func texts() throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(contentsOf: Fixture.url("words/texts.json")))
    }

    /// What the model gives by each of the reference's methods that the fixture has.
    private func results(_ model: SentenceTransformer, _ names: [String]) throws -> [String: Matrix] {
        let texts = try texts()
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                switch name {
                case "encode": (name, try model.encode(texts))
                case "encode_query": (name, try model.encodeQuery(texts))
                case "encode_document": (name, try model.encodeDocument(texts))
                default: throw CocoaError(.featureUnsupported)
                }
            })
    }

    @Test("Embeddings are the reference's", arguments: names)
    func agreement(name: String) throws {
        let folder = Fixture.url("modules/\(name)")
        let model = try SentenceTransformer(directory: folder, computePrecision: .float32Highest)
        let expected = try Checkpoint(file: folder.appending(path: "expected.safetensors"))
        for (name, found) in try results(model, expected.names) {
            let reference = try expected.tensor(named: name)
            #expect(found.shape == reference.shape)
            for (a, b) in zip(found.elements, reference.floats) {
                // Of no words at all the largest is negative infinity on both sides.
                #expect(a == b || abs(Double(a) - Double(b)) <= Tolerance.relative, "\(name)")
            }
        }
        #expect(try model.encode(texts(), options: EncodeOptions(batchTokens: 3, threads: 2)) == model.encode(texts()))
    }

    @Test("What is saved loads again", arguments: names)
    func saving(name: String) throws {
        let model = try SentenceTransformer(directory: Fixture.url("modules/\(name)"))
        let folder = try TemporaryFolder()
        try model.save(to: folder.url)
        try SavedModels.keep(model, "modules/\(name)")
        let again = try SentenceTransformer(directory: folder.url)
        let methods = ["encode", "encode_query", "encode_document"]
        #expect(try results(again, methods) == results(model, methods))
    }

    @Test("Queries and documents of a router have tokenizers and lengths of their own")
    func routes() throws {
        let model = try SentenceTransformer(directory: Fixture.url("modules/router"))
        #expect(model.maximumSequenceLength == nil)
        #expect(model.embeddingDimension == 9)
        let words = String(repeating: "berlin ", count: 100)
        let query = try model.encodeAsReceipts(words, task: .query)
        let document = try model.encodeAsReceipts(words, task: .document)
        #expect(!query.isTruncated && query.usedCount > 100)
        #expect(document.isTruncated && document.usedCount == 40)
    }

    @Test(
        "A router whose files do not fit is refused",
        arguments: [
            (#"{"types": {}, "structure": {}}"#, "expected at least one route"),
            (#"{"types": {}, "structure": {"query": ["a"]}}"#, "expected routes of modules"),
            (
                #"{"types": {"../a": "sentence_transformers.models.Normalize"}, "structure": {"query": ["../a"]}}"#,
                "expected the name of a folder inside the router"
            ),
            (
                #"{"types": {"": "sentence_transformers.models.Router"}, "structure": {"query": [""]}}"#,
                "expected the name of a folder inside the router"
            ),
            (
                #"{"types": {".": "sentence_transformers.models.Router"}, "structure": {"query": ["."]}}"#,
                "expected the name of a folder inside the router"
            ),
            (
                #"{"types": {"a": "mine.Code"}, "structure": {"query": ["a"]}}"#, "which this library never runs"
            ),
            (
                #"{"types": {"query_0_StaticEmbedding": "sentence_transformers.models.StaticEmbedding"}, "structure": "#
                    + #"{"query": ["query_0_StaticEmbedding"]}, "parameters": {"default_route": "x"}}"#,
                "expected one of the routes"
            ),
            (
                #"{"types": {"query_0_StaticEmbedding": "sentence_transformers.models.StaticEmbedding"}, "structure": "#
                    + #"{"query": ["query_0_StaticEmbedding"]}, "parameters": {"allow_empty_key": false, "default_route": null}}"#,
                ""
            ),
        ])
    func damaged(config: String, message: String) throws {
        let folder = try TemporaryFolder()
        let copy = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("modules/router"), to: copy)
        try Data(config.utf8).write(to: copy.appending(path: "router_config.json"))
        guard message.isEmpty else {
            let found = errorText { try SentenceTransformer(directory: copy) }
            #expect(found.contains(message), "\(found)")
            return
        }
        let model = try SentenceTransformer(directory: copy)
        #expect(try model.encodeQuery("berlin").count == 9)
        #expect(errorText { try model.encode("berlin") }.contains("no route for texts without a task; it has: query"))
        #expect(errorText { try model.encodeDocument("a") }.contains("no route for the task \"document\""))
    }
}

extension SentenceTransformer {
    /// How much of a text is encoded for a task.
    fileprivate func encodeAsReceipts(_ text: String, task: EncodingTask) throws -> TruncationReceipt {
        try encodeWithReceipts([TokenizerInput(text)], options: options(.init(), for: task)).receipts[0]
    }
}
