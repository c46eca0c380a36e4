// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTransformers
import Testing

/// A multi-vector model with a damaged file loads and works, or says what is wrong.
@Suite struct MultiVectorMutationTests {
    private static let files = [
        "fixed_hidden/sentence_bert_config.json", "pooling/2_MultiVectorMask/config.json",
        "pooling/4_HierarchicalTokenPooling/config.json", "pooling/modules.json",
        "pylate/config_sentence_transformers.json", "stanford/artifact.metadata",
    ]
    /// Numbers that stand in for any other, and words that mean something.
    private static let pieces = ["4294967296", "1e9", "-1", "0", "0.5", "true", "null", "\"\"", "\"query\""].map {
        Array($0.utf8)
    }

    @Test("Damaged configurations", arguments: files)
    func configurations(path: String) throws {
        let (name, file) = (String(path.prefix { $0 != "/" }), String(path.drop { $0 != "/" }.dropFirst()))
        let folder = try TemporaryFolder()
        let model = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("vectors/\(name)"), to: model)
        let sound = Array(try Data(contentsOf: model.appending(path: file)))
        let (accepted, staysSmall) = try Mutations.run(
            file, of: [sound], pieces: Self.pieces, seed: UInt64(path.utf8.count), usualCount: 200
        ) { bytes in
            try folder.write(bytes, to: "model/\(file)")
            guard let model = try? MultiVectorEncoder(directory: model) else { return false }
            guard let query = try? model.encodeQuery("the weather"), let document = try? model.encodeDocument("a, b.")
            else { return true }
            #expect(try !model.similarity(query, document).isNaN)
            return true
        }
        #expect(accepted > 0 && staysSmall)
    }
}
