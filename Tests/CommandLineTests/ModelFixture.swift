// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import Testing

/// The texts that the fixture models were asked about, and what the reference answered.
enum ModelFixture {
    private struct Inputs: Decodable {
        let texts: [String]
        let pairs: [[String]]
    }

    private static func inputs() throws -> Inputs {
        try JSONDecoder().decode(Inputs.self, from: Data(contentsOf: Fixture.url("models/texts.json")))
    }

    /// The texts as JSON lines.
    static func texts() throws -> String { try jsonLines(inputs().texts) }

    /// The pairs as JSON lines.
    static func pairs() throws -> String { try jsonLines(inputs().pairs) }

    static func jsonLines(_ values: [some Encodable]) throws -> String {
        try values.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n" }.joined()
    }

    /// The rows of a tensor that the reference stored for a model.
    static func expected(_ model: String, _ name: String) throws -> [[Float]] {
        try rows(of: name, in: Fixture.url("models/\(model)/expected.safetensors"))
    }

    /// The rows of a tensor `[rows, columns]` in a safetensors file.
    static func rows(of name: String, in file: URL) throws -> [[Float]] {
        let tensor = try Checkpoint(file: file).tensor(named: name).float32()
        try #require(tensor.shape.count == 2)
        let numbers = tensor.floats
        return (0..<tensor.shape[0]).map { Array(numbers[$0 * tensor.shape[1]..<($0 + 1) * tensor.shape[1]]) }
    }
}

/// Whether two matrices agree: float32 sums in another order move the last digits of the largest elements.
func agree(_ found: [[Float]], _ expected: [[Float]], within tolerance: Float = 1e-6) -> Bool {
    let scale = expected.joined().reduce(1) { max($0, abs($1)) }
    return found.map(\.count) == expected.map(\.count)
        && zip(found.joined(), expected.joined()).allSatisfy { abs($0 - $1) <= tolerance * scale }
}
