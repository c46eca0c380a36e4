// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers

/// A tiny multi-vector encoder with the reference's results for it.
struct MultiVectorFixture: Sendable {
    let folder: URL
    let texts: [String]
    private let expected: Checkpoint

    init(_ name: String) throws {
        folder = Fixture.url("vectors/\(name)")
        expected = try Checkpoint(file: folder.appending(path: "expected.safetensors"))
        texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: Fixture.url("vectors/texts.json")))
    }

    /// Every folder of fixtures.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Fixture.url("vectors").path)) ?? []
        return files.filter { !$0.contains(".") }.sorted()
    }()

    func load(_ precision: ComputePrecision = .float32Highest) throws -> MultiVectorEncoder {
        try MultiVectorEncoder(directory: folder, computePrecision: precision)
    }

    /// A recorded matrix.
    func result(_ name: String) throws -> Matrix { Matrix(try expected.tensor(named: name).float32()) }

    /// Recorded numbers.
    func numbers(_ name: String) throws -> [Float] { try expected.tensor(named: name).float32().floats }

    /// Recorded embeddings.
    func embeddings(_ name: String) throws -> [Matrix] {
        let rows = try result(name)
        var first = 0
        return try numbers("\(name).counts").map { count in
            defer { first += Int(count) }
            return Matrix(rows.tensor.rowRange(first..<first + Int(count)))
        }
    }
}

extension MultiVectorEncodeOptions {
    /// The way of the records that are named "pooled".
    static func pooled() throws -> MultiVectorEncodeOptions { .init(tokenPooling: try .init(factor: 2.5)) }

    /// The way of the records that are named "pooled_plain".
    static func pooledPlain() throws -> MultiVectorEncodeOptions {
        MultiVectorEncodeOptions(
            normalizeEmbeddings: true,
            tokenPooling: try .init(factor: 3, protectedTokens: 0, normalizesEmbeddings: false, tasks: [.query]))
    }
}

/// The largest difference of two lists of matrices, relative to the largest number if that is more than 1; infinite if
/// their shapes differ.
func relativeDifference(_ found: [Matrix], _ expected: [Matrix]) -> Double {
    guard found.map(\.shape) == expected.map(\.shape) else { return .infinity }
    let scale = expected.map(largestElement).max() ?? 1
    return (zip(found, expected).map(largestDifference).max() ?? 0) / max(scale, 1)
}
