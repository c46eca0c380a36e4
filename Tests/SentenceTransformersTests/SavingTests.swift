// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Saving and loading")
struct SavingTests {
    @Test("A saved model gives the same bits", arguments: ModelFixture.names)
    func roundTrip(name: String) throws {
        let fixture = try ModelFixture(name)
        let model = try fixture.load()
        let folder = try TemporaryFolder()
        let target = folder.url.appending(path: "saved/model")
        try model.save(to: target)
        try SavedModels.keep(model, "models/\(name)")
        let again = try SentenceTransformer(directory: target)
        #expect(try again.encode(fixture.texts) == model.encode(fixture.texts))
        #expect(again.prompts == model.prompts)
        #expect(again.defaultPromptName == model.defaultPromptName)
        #expect(again.similarityFunction == model.similarityFunction)
        #expect(again.truncateDimension == model.truncateDimension)
        #expect(again.maximumSequenceLength == model.maximumSequenceLength)
        // Saving over itself is safe too.
        try again.save(to: target)
        #expect(try SentenceTransformer(directory: target).encode(fixture.texts) == model.encode(fixture.texts))
        let names = try FileManager.default.subpathsOfDirectory(atPath: target.path)
        #expect(!names.contains { $0.hasSuffix(".tmp") })
    }

    @Test("Tensors keep their names, heads included")
    func names() throws {
        let fixture = try ModelFixture("plain")
        let folder = try TemporaryFolder()
        try fixture.load().save(to: folder.url)
        let (before, after) = (try Checkpoint(directory: fixture.folder), try Checkpoint(directory: folder.url))
        #expect(before.names == after.names)
        #expect(after.names.contains("cls.predictions.bias"))
    }

    /// A copy of the fixture "tail" that a test may damage.
    private func copy() throws -> (keeper: TemporaryFolder, url: URL) {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("models/tail"), to: url)
        return (folder, url)
    }

    private static let damages: [(file: String, content: String?, message: String)] = [
        ("modules.json", "[{}]", #"modules.json: missing key "[0].type" (expected a string)"#),
        ("modules.json", "{", "modules.json"),
        ("modules.json", "[]", "does not begin with a module that reads texts"),
        ("modules.json", #"[{"path": "", "type": "my_code.MyModule"}]"#, "which this library never runs"),
        (
            "modules.json", #"[{"path": "", "type": "sentence_transformers.models.CLIPModel"}]"#,
            "is not supported by this version; supported: Transformer, StaticEmbedding"
        ),
        ("modules.json", #"[{"path": "../x", "type": "sentence_transformers.models.Pooling"}]"#, "inside the model's"),
        (
            "modules.json", #"[{"path": "", "type": "sentence_transformers.models.Transformer"}]"#,
            "give no sentence embedding"
        ),
        ("config.json", nil, "config.json"),
        ("config.json", #"{"model_type": "bert", "hidden_size": "many"}"#, #""hidden_size" is "many""#),
        ("tokenizer.json", "{}", "tokenizer.json"),
        ("model.safetensors", "short", "model.safetensors"),
        ("model.safetensors", nil, "no weights in"),
        ("1_Pooling/config.json", #"{"pooling_mode": "median"}"#, "supported: cls, max, mean"),
        ("1_Pooling/config.json", nil, "1_Pooling/config.json"),
        (
            "2_Dense/config.json", #"{"in_features": 10, "out_features": 31}"#,
            "linear.weight is [31, 288], expected [31, 10]"
        ),
        ("2_Dense/model.safetensors", nil, "no weights in"),
        (
            "config_sentence_transformers.json", #"{"model_type": "CrossEncoder"}"#,
            "is a CrossEncoder, not a SentenceTransformer; open it with CrossEncoder"
        ),
        ("config_sentence_transformers.json", #"{"model_type": "Oracle"}"#, "expected one of SentenceTransformer"),
        ("config_sentence_transformers.json", #"{"prompts": {"query": 3}}"#, "expected texts"),
    ]

    @Test("A damaged model is an error that names the file", arguments: damages.indices)
    func damaged(index: Int) throws {
        let (file, content, expected) = Self.damages[index]
        let (keeper, url) = try copy()
        let target = url.appending(path: file)
        try FileManager.default.removeItem(at: target)
        if let content { try Data(content.utf8).write(to: target) }
        let message = errorText { try SentenceTransformer(directory: url) }
        #expect(message.contains(expected), "\(message)")
        #expect(!message.contains("\n"))
        withExtendedLifetime(keeper) {}
    }

    @Test("A truncated weight file is an error at any length", arguments: [0, 7, 8, 100, 5000, -1])
    func truncated(length: Int) throws {
        let (keeper, url) = try copy()
        let file = url.appending(path: "model.safetensors")
        let bytes = try Data(contentsOf: file)
        try bytes.prefix(length < 0 ? bytes.count + length : length).write(to: file)
        let message = errorText { try SentenceTransformer(directory: url) }
        #expect(message.hasPrefix("model.safetensors: "), "\(message)")
        withExtendedLifetime(keeper) {}
    }

    @Test("Modules that do not fit each other are an error")
    func mismatched() throws {
        let (keeper, url) = try copy()
        try Data(#"{"pooling_mode": "mean"}"#.utf8).write(to: url.appending(path: "1_Pooling/config.json"))
        let message = errorText { try SentenceTransformer(directory: url) }
        #expect(message == "Dense takes 288 dimensions of sentence_embedding, found 48")
        withExtendedLifetime(keeper) {}
    }

    @Test("Folders of parameterless modules may be missing, as git loses empty ones")
    func missingFolders() throws {
        let (keeper, url) = try copy()
        try FileManager.default.removeItem(at: url.appending(path: "3_Dropout"))
        let fixture = try ModelFixture("tail")
        #expect(try SentenceTransformer(directory: url).encode(fixture.texts) == fixture.load().encode(fixture.texts))
        withExtendedLifetime(keeper) {}
    }
}
