// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Testing

/// What the reference and its libraries found, written by the generator `mining`.
struct MiningFixture: Decodable {
    struct Communities: Decodable {
        let threshold: Float, least: Int, communities: [[Int]]
    }

    struct Paraphrases: Decodable {
        let function: SimilarityFunction, maxPairs: Int, topK: Int, pairs: [[Double]]
    }

    struct Agglomeration: Decodable {
        let linkage: Linkage, metric: SimilarityFunction, count: Int?, distance: Double?, labels: [Int]
    }

    struct Density: Decodable {
        let size: Int, samples: Int?, metric: SimilarityFunction, single: Bool, leaf: Bool
        let labels: [Int], probabilities: [Double]
    }

    let rows: [[Float]], doubtful: [Int]
    let communities: [Communities], paraphrases: [Paraphrases], allParaphrases: Paraphrases
    let agglomerations: [Agglomeration], densities: [Density]

    var matrix: Matrix { get throws { try Matrix(rows: rows) } }

    /// Without rows that equal others.
    var distinct: Matrix {
        get throws { try Matrix(rows: rows.indices.filter { !doubtful.contains($0) }.map { rows[$0] }) }
    }

    static func load() throws -> MiningFixture {
        try JSONDecoder().decode(MiningFixture.self, from: Data(contentsOf: Fixture.url("mining/expected.json")))
    }
}

extension SearchSupport {
    /// Random vectors around `groups` centres, each row's group being its index modulo their number.
    static func grouped(_ rows: Int, _ columns: Int, groups: Int, spread: Float, seed: UInt64) throws -> Matrix {
        let centers = try matrix(groups, columns, seed: seed), noise = try matrix(rows, columns, seed: seed + 1)
        return try Matrix(
            rows: (0..<rows).map { row in zip(centers[row % groups], noise[row]).map { $0 + spread * $1 } })
    }
}
