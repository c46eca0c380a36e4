// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Places embeddings in a plane so that neighbours stay neighbours.
///
/// The method is UMAP's: a graph of each embedding's nearest others, found exactly, whose edges pull while random pairs
/// push. Distances between distant groups mean little. The same input gives the same places. McInnes, Healy and Melville,
/// *UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction*, 2018,
/// <https://arxiv.org/abs/1802.03426>.
public struct NeighbourEmbedding: Sendable, Hashable {
    /// How many of its nearest each embedding is placed by; more keep the large structure better, fewer the small one.
    public var neighbours = 15
    /// How close the nearest may come, as a share of the scale of the picture.
    public var minimumDistance = 0.1
    /// How often every edge pulls; 500 for up to 10,000 embeddings and 200 for more if nil.
    public var rounds: Int?
    /// The seed of the random pairs.
    public var seed: UInt64 = 42

    /// The usual settings.
    public init() {}

    /// The places of embeddings.
    ///
    /// - Parameters:
    ///   - embeddings: `[rows, dimensions]`, with finite numbers.
    ///   - scoreFunction: What says how near two embeddings are.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Returns: `[rows, 2]`.
    /// - Throws: ``SearchError`` with code `invalidArgument` if a number is not finite or a setting is out of range.
    public func callAsFunction(
        _ embeddings: Matrix, scoreFunction: SimilarityFunction = .cosine, threads: Int? = nil
    ) throws -> Matrix {
        guard neighbours > 0, minimumDistance >= 0, minimumDistance < 1, rounds ?? 1 > 0 else {
            throw SearchError(
                .invalidArgument,
                "\(neighbours) neighbours at a distance of \(minimumDistance) in \(rounds ?? 1) rounds; expected positive "
                    + "numbers and a distance below 1")
        }
        if let row = embeddings.rowsNotFinite.first {
            throw SearchError(.invalidArgument, "embedding \(row) holds NaN or an infinite number, and has no place")
        }
        guard embeddings.rows > 2 else {
            return Matrix(Tensor((0..<embeddings.rows).flatMap { [Float($0), 0] }, shape: [embeddings.rows, 2]))
        }
        let graph = try NeighbourGraph(
            embeddings, neighbours: min(neighbours, embeddings.rows - 1), scoreFunction, threads)
        var layout = Layout(start: try Self.start(embeddings), minimumDistance: minimumDistance, seed: seed)
        layout.run(graph, rounds: rounds ?? (embeddings.rows > 10_000 ? 200 : 500))
        return Matrix(Tensor(layout.places, shape: [embeddings.rows, 2]))
    }

    /// The first two principal components, within 10 of the middle, slightly moved apart where they are equal.
    private static func start(_ embeddings: Matrix) throws -> [Float] {
        let places = try PrincipalComponents(of: embeddings, count: 2).project(embeddings)
        let largest = places.elements.reduce(Float(0)) { max($0, abs($1)) }
        let random = RandomStream(seed: 1, step: 0)
        return (0..<places.rows).flatMap { row in
            let words = random.words(UInt32(truncatingIfNeeded: row))
            return (0..<2).map { axis in
                let noise = (Float(words[axis]) / Float(UInt32.max) - 0.5) * 1e-3
                guard axis < places.columns, largest > 0 else { return noise }
                return places[row, axis] / largest * 10 + noise
            }
        }
    }
}

/// Which embeddings pull each other, and how often.
private struct NeighbourGraph {
    struct Edge {
        let from: Int32
        let to: Int32
        let weight: Float
    }

    private(set) var edges: [Edge] = []

    init(_ embeddings: Matrix, neighbours: Int, _ function: SimilarityFunction, _ threads: Int?) throws {
        let found = try semanticSearch(
            embeddings, in: embeddings, topK: neighbours + 1, scoreFunction: function, threads: threads)
        var weights: [UInt64: Float] = [:]
        for (row, hits) in found.enumerated() {
            let others = hits.filter { $0.index != row }.prefix(neighbours)
            let best = others.first?.score ?? 0
            // How far each is behind the nearest, in the unit of the scores.
            let distances = others.map { best - $0.score }
            let scale = Self.scale(of: distances)
            for (hit, distance) in zip(others, distances) {
                let weight = distance <= 0 ? 1 : exp(-distance / scale)
                let key = UInt64(min(row, hit.index)) << 32 | UInt64(max(row, hit.index))
                // Either of two sees the other as near: a + b - ab.
                let other = weights[key] ?? 0
                weights[key] = weight + other - weight * other
            }
        }
        edges = weights.keys.sorted().map {
            Edge(
                from: Int32(truncatingIfNeeded: $0 >> 32), to: Int32(truncatingIfNeeded: $0), weight: weights[$0] ?? 0)
        }
    }

    /// The scale at which the weights of a row add up to log2 of their number, as UMAP finds it by halving.
    private static func scale(of distances: [Float]) -> Float {
        let wanted = log2(Float(max(2, distances.count)))
        var low: Float = 0, high = Float.infinity, scale: Float = 1
        for _ in 0..<64 {
            let sum = distances.reduce(Float(0)) { $0 + ($1 <= 0 ? 1 : exp(-$1 / scale)) }
            if abs(sum - wanted) < 1e-5 { break }
            if sum > wanted {
                high = scale
                scale = (low + high) / 2
            } else {
                low = scale
                scale = high.isFinite ? (low + high) / 2 : scale * 2
            }
        }
        let mean = distances.reduce(0, +) / Float(max(1, distances.count))
        return max(scale, 1e-3 * mean, 1e-12)
    }
}

/// Points that are pulled and pushed.
private struct Layout {
    private(set) var places: [Float]
    private let a: Float
    private let b: Float
    private let random: RandomStream
    /// Random points that push for each pull.
    private static let pushes = 5
    /// The largest step along one axis.
    private static let largestStep: Float = 4

    init(start: [Float], minimumDistance: Double, seed: UInt64) {
        places = start
        (a, b) = Self.curve(minimumDistance)
        random = RandomStream(seed: seed, step: 0)
    }

    /// a and b for which 1 / (1 + a x^2b) is nearest to 1 below the minimum distance and to exp(minimum - x) above it.
    private static func curve(_ minimum: Double) -> (Float, Float) {
        let points = (1...300).map { Double($0) / 100 }
        let wanted = points.map { $0 < minimum ? 1 : exp(minimum - $0) }
        func error(_ a: Double, _ b: Double) -> Double {
            zip(points, wanted).reduce(0) { sum, pair in
                let difference = 1 / (1 + a * pow(pair.0, 2 * b)) - pair.1
                return sum + difference * difference
            }
        }
        var best = (a: 1.5, b: 0.9), step = 0.5
        while step > 1e-5 {
            let around = [(step, 0.0), (-step, 0), (0, step / 2), (0, -step / 2)]
                .map { (a: max(1e-3, best.a + $0.0), b: max(1e-2, best.b + $0.1)) }
            if let better = around.min(by: { error($0.a, $0.b) < error($1.a, $1.b) }),
                error(better.a, better.b) < error(best.a, best.b)
            {
                best = better
            } else {
                step /= 2
            }
        }
        return (Float(best.a), Float(best.b))
    }

    mutating func run(_ graph: NeighbourGraph, rounds: Int) {
        let heaviest = graph.edges.reduce(Float(0)) { max($0, $1.weight) }
        guard heaviest > 0 else { return }
        let count = places.count / 2
        // An edge pulls in the rounds in which this number passes a whole one.
        var turns = [Float](repeating: 0, count: graph.edges.count)
        for round in 0..<rounds {
            let rate = 1 - Float(round) / Float(rounds)
            let stream = random.at(round)
            for (index, edge) in graph.edges.enumerated() {
                turns[index] += edge.weight / heaviest
                guard turns[index] >= 1 else { continue }
                turns[index] -= 1
                pull(Int(edge.from), Int(edge.to), rate)
                let words = stream.words(UInt32(truncatingIfNeeded: 2 * index))
                let more = stream.words(UInt32(truncatingIfNeeded: 2 * index + 1))
                for push in 0..<Self.pushes {
                    let word = push < 4 ? words[push] : more[push - 4]
                    let other = Int(UInt64(word) * UInt64(count) >> 32)
                    let point = push % 2 == 0 ? Int(edge.from) : Int(edge.to)
                    if other != point { self.push(point, from: other, rate) }
                }
            }
        }
    }

    private mutating func pull(_ i: Int, _ j: Int, _ rate: Float) {
        let (x, y) = (places[2 * i] - places[2 * j], places[2 * i + 1] - places[2 * j + 1])
        let square = x * x + y * y
        guard square > 0 else { return }
        let power = pow(square, b)
        let slope = -2 * a * b * power / square / (a * power + 1)
        move(i, slope * x * rate, slope * y * rate, rate)
        move(j, -slope * x * rate, -slope * y * rate, rate)
    }

    private mutating func push(_ i: Int, from j: Int, _ rate: Float) {
        let (x, y) = (places[2 * i] - places[2 * j], places[2 * i + 1] - places[2 * j + 1])
        let square = x * x + y * y
        let slope = 2 * b / ((0.001 + square) * (a * pow(square, b) + 1))
        move(i, slope * x * rate, slope * y * rate, rate)
    }

    private mutating func move(_ i: Int, _ x: Float, _ y: Float, _ rate: Float) {
        let most = Self.largestStep * rate
        places[2 * i] += min(max(x, -most), most)
        places[2 * i + 1] += min(max(y, -most), most)
    }
}
