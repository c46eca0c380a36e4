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
    func configurations(file: String) throws {
        let folder = try TemporaryFolder()
        let model = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("models/tail"), to: model)
        let sound = Array(try Data(contentsOf: model.appending(path: file)))
        let (accepted, staysSmall) = try Mutations.run(
            file, of: [sound], pieces: Self.pieces, seed: UInt64(file.utf8.count), usualCount: 200
        ) { bytes in
            try folder.write(bytes, to: "model/\(file)")
            // Those that load must work too.
            guard let model = try? SentenceTransformer(directory: model) else { return false }
            let embedding = try? model.encode("the weather")
            #expect(embedding.map { $0.count == model.truncateDimension ?? model.embeddingDimension } ?? true)
            return true
        }
        #expect(accepted > 0 && staysSmall)
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
