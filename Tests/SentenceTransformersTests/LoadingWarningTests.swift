// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

/// What could surprise is said, and what could change a result in silence is refused by name.
@Suite struct LoadingWarningTests {
    /// A copy of a fixture.
    private func copy(_ name: String = "models/mean") throws -> (keeper: TemporaryFolder, url: URL) {
        let keeper = try TemporaryFolder(), url = keeper.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url(name), to: url)
        return (keeper, url)
    }

    private func edit(_ file: String, in folder: URL, _ change: (inout JSONObject) -> Void) throws {
        let url = folder.appending(path: file)
        var values = FileManager.default.fileExists(atPath: url.path) ? try ModelConfig(url: url).values : [:]
        change(&values)
        try JSONValue.object(values).serialized().write(to: url, atomically: true, encoding: .utf8)
    }

    @Test func aSoundModelHasNoWarnings() throws {
        for name in ["models/mean", "models/plain", "models/tail", "modules/router"] {
            #expect(try SentenceTransformer(directory: Fixture.url(name)).warnings == [])
        }
    }

    @Test func modulesWithoutTheirFileAreSaid() throws {
        let (keeper, url) = try copy()
        try FileManager.default.removeItem(at: url.appending(path: "modules.json"))
        let warnings = try SentenceTransformer(directory: url).warnings
        #expect(warnings.count == 1)
        #expect(
            warnings[0].hasPrefix("modules.json is missing in \(url.path), though there is 1_Pooling, 2_Normalize"))
        #expect(warnings[0].contains("the mean of the tokens is used"))
        withExtendedLifetime(keeper) {}
    }

    @Test func unknownSettingsOfAModelAreSaid() throws {
        let (keeper, url) = try copy()
        try edit("config_sentence_transformers.json", in: url) { $0["temperature"] = 2 }
        #expect(
            try SentenceTransformer(directory: url).warnings == [
                "config_sentence_transformers.json: \"temperature\" is not known to this version and has no effect"
            ])
        withExtendedLifetime(keeper) {}
    }

    @Test(arguments: ["model_kwargs", "config_args"], ["torch_dtype", "dtype"])
    func reducedTypesThatAnAuthorAsksForAreSaid(_ arguments: String, _ key: String) throws {
        let (keeper, url) = try copy()
        try edit("sentence_bert_config.json", in: url) {
            $0[ExactString(arguments)] = .object([ExactString(key): "float16"])
        }
        let warnings = try SentenceTransformer(directory: url).warnings
        #expect(warnings.count == 1 && warnings[0].contains("loads the weights as \"float16\""))
        withExtendedLifetime(keeper) {}
    }

    @Test(arguments: [
        (
            "1_Pooling/config.json", "pooling_mode_median_tokens",
            "1_Pooling/config.json: \"pooling_mode_median_tokens\""
        ),
        ("2_Normalize/config.json", "p", "2_Normalize/config.json: \"p\""),
        ("sentence_bert_config.json", "adapter", "sentence_bert_config.json: \"adapter\""),
        ("config.json", "quantization_config", "config.json: \"quantization_config\""),
    ])
    func keysThatNobodyKnowsAreRefused(_ file: String, _ key: String, _ message: String) throws {
        let (keeper, url) = try copy()
        try edit(file, in: url) { $0[key] = ["a": 1] }
        let found = errorText { try SentenceTransformer(directory: url) }
        #expect(found.contains(message), "\(found)")
        withExtendedLifetime(keeper) {}
    }

    @Test func modulesOfOneNameAreRefused() throws {
        let (keeper, url) = try copy()
        let file = url.appending(path: "modules.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacing(#""name": "2""#, with: #""name": "1""#).write(to: file, atomically: true, encoding: .utf8)
        let found = errorText { try SentenceTransformer(directory: url) }
        #expect(found.hasPrefix(#"modules.json: two modules have the name "1""#), "\(found)")
        withExtendedLifetime(keeper) {}
    }

    @Test func argumentsThatChangeWeightsAreRefused() throws {
        let (keeper, url) = try copy()
        try edit("sentence_bert_config.json", in: url) { $0["model_kwargs"] = ["variant": "fp16"] }
        #expect(
            errorText { try SentenceTransformer(directory: url) }
                .contains("\"model_kwargs\" is an object; its \"variant\" is not supported"))
        withExtendedLifetime(keeper) {}
    }

    @Test func anAdapterWithoutItsBaseIsCalledThat() throws {
        let (keeper, url) = try copy()
        try FileManager.default.removeItem(at: url.appending(path: "model.safetensors"))
        try edit("adapter_config.json", in: url) {
            $0 = ["peft_type": "LORA", "base_model_name_or_path": "acme/base"]
        }
        let found = errorText { try SentenceTransformer(directory: url) }
        #expect(
            found.hasPrefix("adapter_config.json: \(url.path) holds only the LORA adapter of \"acme/base\""), "\(found)"
        )
        withExtendedLifetime(keeper) {}
    }

    @Test(arguments: ["model.safetensors", "tokenizer.json", "config.json", "modules.json"])
    func pointersOfLargeFilesAreCalledThat(_ file: String) throws {
        let (keeper, url) = try copy()
        let pointer =
            "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "0", count: 64))\nsize 9\n"
        try pointer.write(to: url.appending(path: file), atomically: true, encoding: .utf8)
        let found = errorText { try SentenceTransformer(directory: url) }
        #expect(found.contains(file) && found.contains("is a Git LFS pointer"), "\(found)")
        withExtendedLifetime(keeper) {}
    }

    @Test("Model2Vec's vectors may be of 8 bits, with a weight for each token")
    func vectorsOf8Bits() throws {
        let (keeper, url) = try copy("words/model2vec")
        let file = url.appending(path: "model.safetensors"), checkpoint = try Checkpoint(file: file)
        let vectors = try checkpoint.tensor(named: "embeddings").float32()
        let codes = vectors.floats.map { Int8(clamping: Int(($0 * 20).rounded())) }
        func saved(_ type: ElementType, _ bytes: UnsafeRawBufferPointer) throws -> SentenceTransformer {
            let storage = Storage(uninitializedByteCount: bytes.count)
            storage.mutableBytes.copyMemory(from: bytes)
            var tensors = Dictionary(
                uniqueKeysWithValues: try checkpoint.names.map { ($0, try checkpoint.tensor(named: $0)) })
            tensors["embeddings"] = Tensor(storage: storage, shape: vectors.shape, elementType: type)
            let count = tensors["mapping"]?.count ?? vectors.rows
            tensors["weights"] = Tensor((0..<count).map { 0.5 + Float($0 % 7) }, shape: [count])
            try SafetensorsWriter.write(tensors, to: file)
            return try SentenceTransformer(directory: url)
        }
        let texts = ["the weather is lovely today", "how many people live in berlin?"]
        let found = try codes.withUnsafeBytes { try saved(.int8, $0).encode(texts) }
        let expected = try codes.map(Float.init).withUnsafeBytes { try saved(.float32, $0).encode(texts) }
        #expect(found == expected && found.elements.contains { $0 != 0 })
        withExtendedLifetime(keeper) {}
    }
}
