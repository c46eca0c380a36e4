// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers

/// A tiny random cross-encoder with the reference's scores.
struct CrossEncoderFixture: Sendable {
    let name: String
    let folder: URL
    let expected: Checkpoint
    let pairs: [TokenizerInput]

    init(_ name: String) throws {
        self.name = name
        folder = Fixture.url("cross_encoders/\(name)")
        expected = try Checkpoint(file: folder.appending(path: "expected.safetensors"))
        let file = Fixture.url("cross_encoders/pairs.json")
        pairs = try JSONDecoder().decode([[String]].self, from: Data(contentsOf: file))
            .map { TokenizerInput($0[0], pair: $0[1]) }
    }

    /// Every folder of fixtures.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Fixture.url("cross_encoders").path)) ?? []
        return files.filter { !$0.contains(".") }.sorted()
    }()

    /// Those with a head that classifies.
    static let classifiers = names.filter {
        !["causal", "causal_modules", "chat", "chat_modules", "dense"].contains($0)
    }

    /// A recorded result, `[pairs, labels]`.
    func result(_ name: String) throws -> Matrix { Matrix(try expected.tensor(named: name).float32()) }

    /// Loads the model, by default for arithmetic that is the same on every machine.
    func load(_ precision: ComputePrecision = .float32Highest) throws -> CrossEncoder {
        try CrossEncoder(directory: folder, computePrecision: precision)
    }
}

/// The largest difference of two matrices, relative to the second's largest element or one.
func relativeDifference(_ a: Matrix, _ b: Matrix) -> Double { largestDifference(a, b) / max(1, largestElement(b)) }
