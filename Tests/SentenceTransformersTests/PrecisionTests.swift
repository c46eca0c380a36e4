// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Reduced precision")
struct PrecisionTests {
    /// How near embeddings stay to the reference's float32 ones: the cosine of the worst text, and the mean.
    ///
    /// The texts of this fixture are odd on purpose; plain ones are nearer (see the benchmark).
    static let bounds: [(precision: ComputePrecision, worst: Double, mean: Double)] = [
        (.bfloat16, 0.999, 0.9999), (.int8, 0.995, 0.999),
    ]

    @Test(
        "Embeddings of the real model stay near the reference's", arguments: KernelSet.available.indices, bounds.indices
    )
    func cosines(level: Int, bound: Int) throws {
        let (precision, worst, mean) = Self.bounds[bound]
        let texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: Fixture.url("minilm/texts.json")))
        let expected = try Checkpoint(file: Fixture.url("minilm/expected.safetensors"))
        let reference = Matrix(try expected.tensor(named: "embeddings").float32())
        let found = try Execution.with(kernels: KernelSet.available[level]) {
            try SentenceTransformer(directory: realModel(), computePrecision: precision).encode(texts)
        }
        let cosines = texts.indices.map { text in
            zip(found[text], reference[text]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        #expect(cosines.allSatisfy { $0 >= worst }, "\(cosines.min() ?? 0)")
        #expect(cosines.reduce(0, +) / Double(texts.count) >= mean)
        #expect(largestDifference(found, reference) > Tolerance.normalized, "the precision has no effect")
    }

    @Test("The model says for which precision it was loaded")
    func name() throws {
        let model = try ModelFixture("mean").load(.int8)
        #expect(model.computePrecision == .int8)
        #expect(try model.encode("").allSatisfy(\.isFinite))
    }
}
