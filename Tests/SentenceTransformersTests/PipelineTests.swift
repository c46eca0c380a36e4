// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Models in published layouts are the reference's")
struct PipelineTests {
    @Test("EmbeddingGemma: both directions, two dense layers, prompts", arguments: KernelSet.available.indices)
    func embeddingGemma(level: Int) throws {
        let folder = Fixture.url("pipelines/embedding_gemma")
        let texts = try ArchitectureFixture("gemma3").texts
        let recorded = try Checkpoint(file: folder.appending(path: "expected.safetensors"))
        func expected(_ name: String) throws -> Matrix { Matrix(try recorded.tensor(named: name).float32()) }
        try Execution.with(kernels: KernelSet.available[level]) {
            let model = try SentenceTransformer(directory: folder, computePrecision: .float32Highest)
            #expect(model.pipeline.modules.count == 5)
            let calls: [(String, Matrix)] = [
                ("texts", try model.encode(texts)),
                ("query", try model.encodeQuery(texts)),
                ("document", try model.encodeDocument(texts)),
                ("similarity", try model.encode(texts, options: EncodeOptions(promptName: "STS"))),
                (
                    "dimensions",
                    try model.encode(
                        texts, options: EncodeOptions(normalizeEmbeddings: true, truncateDimension: 8))
                ),
            ]
            for (name, found) in calls {
                #expect(largestDifference(found, try expected(name)) <= Tolerance.normalized, "\(name)")
            }
        }
    }
}
