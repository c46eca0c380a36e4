// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceSearch
import SentenceTensors
import SentenceTestSupport

/// What the reference found, written by the generator `search`.
struct SearchFixture: Decodable {
    let corpus: [[Float]], queries: [[Float]]
    let searches: [String: [[[Double]]]]
    let quantized: [String: [[[Double]]]]

    static func load() throws -> SearchFixture {
        try JSONDecoder().decode(SearchFixture.self, from: Data(contentsOf: Fixture.url("search/expected.json")))
    }
}

enum SearchSupport {
    /// Random numbers between -1 and 1.
    static func matrix(_ rows: Int, _ columns: Int, seed: UInt64) throws -> Matrix {
        var random = SeededGenerator(seed: seed)
        return try Matrix(
            (0..<rows * columns).map { _ in Float.random(in: -1...1, using: &random) }, rows: rows, columns: columns)
    }

}
