// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTestSupport
import Testing

@Suite("Embeddings in a plane")
struct ProjectionTests {
    /// Groups of points around random middles.
    private static func groups(_ count: Int, of size: Int, dimensions: Int = 32, spread: Float = 0.15) throws -> Matrix
    {
        var random = SeededGenerator(seed: 11)
        func vector(_ scale: Float) -> [Float] {
            (0..<dimensions).map { _ in Float.random(in: -1...1, using: &random) * scale }
        }
        let middles = (0..<count).map { _ in vector(1) }
        return try Matrix(
            rows: (0..<count * size).map { index in zip(middles[index / size], vector(spread)).map { $0 + $1 } })
    }

    /// The share of points whose nearest other point in the plane is of their group.
    private static func purity(_ places: Matrix, groupSize: Int) -> Double {
        let pure = (0..<places.rows).count { row in
            let nearest = (0..<places.rows).filter { $0 != row }.min { a, b in
                distance(places, row, a) < distance(places, row, b)
            }
            return nearest.map { $0 / groupSize == row / groupSize } ?? false
        }
        return Double(pure) / Double(places.rows)
    }

    private static func distance(_ places: Matrix, _ a: Int, _ b: Int) -> Float {
        zip(places[a], places[b]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    @Test("Principal components find the directions of a stretched cloud, and explain its variance")
    func components() throws {
        var random = SeededGenerator(seed: 3)
        // Along (3, 4, 0) / 5 the deviation is ten times that along z; across both there is none.
        let rows = (0..<500).map { _ -> [Float] in
            let (s, t) = (Float.random(in: -10...10, using: &random), Float.random(in: -1...1, using: &random))
            return [0.6 * s + 1, 0.8 * s + 2, t + 3]
        }
        let found = try PrincipalComponents(of: Matrix(rows: rows), count: 3)
        let expected: [[Float]] = [[0.6, 0.8, 0], [0, 0, 1]]
        for (direction, wanted) in zip(found.directions, expected) {
            #expect(zip(direction, wanted).allSatisfy { abs($0 - $1) < 0.02 }, "\(Array(direction))")
        }
        #expect(abs(found.explainedVariance[0] - 100.0 / 101) < 0.005)
        #expect(abs(found.explainedVariance.reduce(0, +) - 1) < 1e-5)
        let projected = try found.project(Matrix(rows: rows))
        #expect(projected.shape == [500, 3])
        // Centred, and distances are kept.
        #expect(abs(projected.reduce(Float(0)) { $0 + $1[0] }) < 0.05)
        let all = try Matrix(rows: rows)
        #expect(abs(Self.distance(projected, 3, 77) - Self.distance(all, 3, 77)) < 1e-2)
    }

    @Test("A neighbour embedding keeps groups together and apart, better than two components can")
    func groups() throws {
        let embeddings = try Self.groups(12, of: 25)
        let places = try NeighbourEmbedding()(embeddings)
        #expect(places.shape == [300, 2] && places.elements.allSatisfy(\.isFinite))
        #expect(Self.purity(places, groupSize: 25) > 0.99)
        let flat = try PrincipalComponents(of: embeddings).project(embeddings)
        #expect(Self.purity(places, groupSize: 25) >= Self.purity(flat, groupSize: 25))
        #expect(try NeighbourEmbedding()(embeddings, threads: 1).elements == places.elements)
    }

    @Test("Few, equal and broken embeddings have places or an error")
    func hostile() throws {
        for rows in [0, 1, 2] {
            let places = try NeighbourEmbedding()(Matrix(rows: (0..<rows).map { [Float($0), 1, 2] }))
            #expect(places.shape == [rows, 2])
        }
        let equal = try Matrix(rows: [[Float]](repeating: [1, 2, 3], count: 40))
        #expect(try NeighbourEmbedding()(equal).elements.allSatisfy(\.isFinite))
        #expect(try PrincipalComponents(of: equal).explainedVariance == [0, 0])
        let broken = try Matrix(rows: [[1, 2], [.nan, 1], [3, 4]])
        for body in [{ _ = try NeighbourEmbedding()(broken) }, { _ = try PrincipalComponents(of: broken) }] {
            let error = #expect(throws: SearchError.self, performing: body)
            #expect(error?.message == "embedding 1 holds NaN or an infinite number, and has no place")
        }
        #expect(throws: SearchError.self) { try PrincipalComponents(of: Matrix(rows: [[1, 2]])) }
        var settings = NeighbourEmbedding()
        settings.minimumDistance = 1
        #expect(throws: SearchError.self) { try settings(equal) }
    }
}
