// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

/// A model folder with the reference's results for it.
struct ModelFixture: Sendable, CustomTestStringConvertible {
    let name: String
    let folder: URL
    let expected: Checkpoint
    let texts: [String]
    let pairs: [TokenizerInput]

    var testDescription: String { name }

    private struct Texts: Decodable {
        let texts: [String]
        let pairs: [[String]]
    }

    /// A tiny model under `Tests/Fixtures/models`.
    init(_ name: String) throws {
        self.name = name
        folder = Fixture.url("models/\(name)")
        expected = try Checkpoint(file: folder.appending(path: "expected.safetensors"))
        let all = try JSONDecoder().decode(Texts.self, from: Data(contentsOf: Fixture.url("models/texts.json")))
        texts = all.texts
        pairs = all.pairs.map { TokenizerInput($0[0], pair: $0[1]) }
    }

    static let names = ["mean", "tail", "prompts", "plain", "float16", "bfloat16", "pickle"]

    /// A recorded result as a matrix.
    func result(_ name: String) throws -> Matrix { Matrix(try expected.tensor(named: name).float32()) }

    func has(_ name: String) -> Bool { expected.contains(name) }

    /// Loads the model, by default for arithmetic that is the same on every machine.
    func load(_ precision: ComputePrecision = .float32Highest) throws -> SentenceTransformer {
        try SentenceTransformer(directory: folder, computePrecision: precision)
    }
}

/// What the tests save, for the reference to load (`make interoperability`).
enum SavedModels {
    /// Saves the model once more if a folder for the reference was named; `name` is the fixture's path.
    static func keep(_ model: some BaseModel, _ name: String) throws {
        guard let kept = ProcessInfo.processInfo.environment["SENTENCE_SAVED_MODELS"] else { return }
        try model.save(to: URL(filePath: kept).appending(path: name))
    }
}

/// How far results may be from the reference's.
enum Tolerance {
    /// Of normalised embeddings, absolute: both sides round in float32, in another order.
    static let normalized = 1e-6
    /// Of others, relative to the largest entry, for the same reason.
    static let relative = 1e-6
    /// Of products of two bfloat16 parts, whose operands have 16 bits of mantissa, instead of either.
    static let split = 5e-6

    /// The larger of a tolerance for full float32 and of what the precision allows on the level in use.
    static func of(_ precision: ComputePrecision, _ tolerance: Double) -> Double {
        let isSplit = precision == .float32 && Execution.current.kernels.name == "amx"
        return isSplit ? max(tolerance, split) : tolerance
    }
    /// Of scores of tiny random models, relative to the largest or one: both sides round in float32, in another order.
    static let score = 1e-5
    /// Of results of changed models, relative to the largest element: the rounding of float32 on both sides, which
    /// functions that are steep or clip pass on larger.
    static let situation = 5e-6
    /// Of gradients of tiny random models, relative to the largest element or one: two passes of float32 on both sides.
    static let gradient = 2e-5
}

/// The largest difference of two matrices of one shape; infinite if the shapes differ or a number is NaN.
func largestDifference(_ a: Matrix, _ b: Matrix) -> Double {
    guard a.shape == b.shape else { return .infinity }
    return zip(a.elements, b.elements).reduce(0) { largest, pair in
        let difference = abs(Double(pair.0) - Double(pair.1))
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}

/// The largest absolute element.
func largestElement(_ a: Matrix) -> Double { a.elements.reduce(0) { max($0, abs(Double($1))) } }

func largestDifference(_ a: Tensor, _ b: Tensor) -> Double {
    zip(a.floats, b.floats).reduce(0) { largest, pair in
        let difference = abs(Double(pair.0) - Double(pair.1))
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}
