// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTransformers
import Testing

/// A model with a damaged file loads or says what is wrong.
///
/// It never crashes, and takes no memory that the file only claims to need. `make fuzz` runs many more of them.
@Suite struct ModelMutationTests {
    private static let files = [
        "config.json", "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json",
        "2_Dense/config.json", "1_Pooling/config.json", "4_LayerNorm/config.json",
    ]
    /// Numbers that stand in for any other, and paths.
    private static let pieces = ["4294967296", "1e9", "-2147483648", "0.5", "true", "../", "/etc"].map {
        Array($0.utf8)
    }

    @Test("Damaged configurations", arguments: files)
    func configurations(file: String) throws { try damage(file, of: "models/tail") }

    @Test("Damaged configurations of architectures", arguments: ["deberta_v2", "gemma3", "lfm2", "llama_yarn", "xmod"])
    func architectures(name: String) throws { try damage("config.json", of: "architectures/\(name)") }

    @Test(
        "Damaged configurations of modules",
        arguments: [
            ("modules/router", "router_config.json"), ("modules/mapped", "router_config.json"),
            ("modules/lstm", "1_LSTM/lstm_config.json"), ("modules/layers", "1_WeightedLayerPooling/config.json"),
            ("modules/router", "modules.json"), ("words/average", "wordembedding_config.json"),
            ("words/average", "whitespacetokenizer_config.json"), ("words/weighted", "1_WordWeights/config.json"),
            ("words/bow", "0_BoW/config.json"), ("words/static", "tokenizer.json"),
            ("sparse/sum", "1_SpladePooling/config.json"), ("sparse/autoencoder", "2_SparseAutoEncoder/config.json"),
            ("sparse/old", "query_0_SparseStaticEmbedding/idf.json"), ("sparse/modernbert", "config.json"),
        ])
    func modules(fixture: String, file: String) throws { try damage(file, of: fixture) }

    private func damage(_ file: String, of fixture: String) throws {
        let folder = try TemporaryFolder()
        let model = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url(fixture), to: model)
        let sound = Array(try Data(contentsOf: model.appending(path: file)))
        let use = fixture.hasPrefix("sparse/") ? Self.useSparse : Self.useDense
        let (accepted, staysSmall) = try Mutations.run(
            file, of: [sound], pieces: Self.pieces, seed: UInt64(file.utf8.count), usualCount: 200
        ) { bytes in
            try folder.write(bytes, to: "model/\(file)")
            return use(model)
        }
        #expect(accepted > 0 && staysSmall)
    }

    /// Whether a model loads; one that does must work too.
    private static func useDense(_ folder: URL) -> Bool {
        guard let model = try? SentenceTransformer(directory: folder) else { return false }
        let embedding = try? model.encode("the weather")
        #expect(embedding.map { $0.count == model.truncateDimension ?? model.embeddingDimension } ?? true)
        return true
    }

    private static func useSparse(_ folder: URL) -> Bool {
        guard let model = try? SparseEncoder(directory: folder) else { return false }
        for embedding in [try? model.encode("the weather"), try? model.encodeQuery("the weather")] {
            #expect(embedding.map { $0.dimension == model.embeddingDimension } ?? true)
        }
        return true
    }

    @Test(
        "Damaged configurations of cross-encoders",
        arguments: [
            "config.json", "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json",
            "1_LogitScore/config.json", "chat_template.jinja",
        ])
    func crossEncoders(file: String) throws {
        let folder = try TemporaryFolder()
        let model = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("cross_encoders/chat_modules"), to: model)
        let sound = Array(try Data(contentsOf: model.appending(path: file)))
        let (accepted, staysSmall) = try Mutations.run(
            file, of: [sound], pieces: Self.pieces, seed: UInt64(file.utf8.count), usualCount: 200
        ) { bytes in
            try folder.write(bytes, to: "model/\(file)")
            guard let model = try? CrossEncoder(directory: model) else { return false }
            let scores = try? model.predict([("the weather", "is sunny")])
            #expect(scores.map { $0.shape == [1, model.labelCount] } ?? true)
            return true
        }
        #expect(accepted > 0 && staysSmall)
    }
}
