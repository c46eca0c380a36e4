// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Clusters of embeddings that lie densely, and what lies between them.
public struct DensityClusters: Sendable {
    /// For each embedding the number of its cluster, from 0 on, or -1 for noise.
    public let labels: [Int]
    /// For each embedding how firmly it belongs to its cluster, from 0 (noise) to 1.
    public let probabilities: [Double]
}

/// Which of the clusters that contain one another are the result.
public enum ClusterSelection: String, Sendable, CaseIterable, Codable {
    /// Those that are together the most stable: of the largest excess of mass.
    case excessOfMass
    /// The smallest ones, which are more and more alike in size.
    case leaf
}

/// Finds clusters of any number and shape where embeddings lie densely, and noise between them: HDBSCAN.
///
/// Campello, Moulavi and Sander, *Density-Based Clustering Based on Hierarchical Density Estimates*, 2013,
/// <https://doi.org/10.1007/978-3-642-37456-2_14>, as scikit-learn's `HDBSCAN`. Time grows with the square of the number of
/// embeddings, memory only with the number.
/// - Parameters:
///   - embeddings: `[n, dimensions]`.
///   - minimumClusterSize: How many embeddings a cluster has at least, at least 2.
///   - minimumSamples: The distance to the so-manieth nearest embedding, itself included, says how densely an embedding
///     lies, at least 1; as `minimumClusterSize` if nil.
///   - scoreFunction: How far two embeddings are from one another: 1 minus the cosine, or the Euclidean or Manhattan
///     distance.
///   - selection: Which of the clusters that contain one another are the result.
///   - allowsSingleCluster: Whether all may be one cluster.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: The clusters; all is noise if there are fewer embeddings than either minimum.
/// - Throws: ``SearchError`` with code `invalidArgument` for an argument out of range, or an embedding with NaN or an
///   infinite number.
public func densityClustering(
    _ embeddings: Matrix, minimumClusterSize: Int = 5, minimumSamples: Int? = nil,
    scoreFunction: SimilarityFunction = .euclidean, selection: ClusterSelection = .excessOfMass,
    allowsSingleCluster: Bool = false, threads: Int? = nil
) throws -> DensityClusters {
    try densityClustering(
        embeddings, minimumClusterSize: minimumClusterSize, minimumSamples: minimumSamples,
        scoreFunction: scoreFunction, selection: selection,
        allowsSingleCluster: allowsSingleCluster, threads: threads, onProgress: LongCall.onStep)
}

/// The same; `onProgress` is called on any thread with the share of the work done since the last call, and ends the
/// clustering if it throws.
package func densityClustering(
    _ embeddings: Matrix, minimumClusterSize: Int, minimumSamples: Int?, scoreFunction: SimilarityFunction,
    selection: ClusterSelection = .excessOfMass, allowsSingleCluster: Bool, threads: Int?,
    onProgress: (@Sendable (Double) throws -> Void)?
) throws -> DensityClusters {
    guard minimumClusterSize > 1 else {
        throw SearchError(.invalidArgument, "minimumClusterSize is \(minimumClusterSize); expected at least 2")
    }
    let samples = minimumSamples ?? minimumClusterSize
    for (name, value) in [("minimumSamples", samples), ("threads", threads ?? 1)] where value < 1 {
        throw SearchError(.invalidArgument, "\(name) is \(value); expected a positive number")
    }
    guard scoreFunction != .dot else {
        throw SearchError(
            .invalidArgument, "a dot product is no distance; expected cosine, euclidean or manhattan")
    }
    if let row = embeddings.rowsNotFinite.first {
        throw SearchError(.invalidArgument, "embedding \(row) holds NaN or an infinite number, which is near nothing")
    }
    let count = embeddings.rows
    guard count >= max(minimumClusterSize, samples) else {
        return DensityClusters(
            labels: [Int](repeating: -1, count: count), probabilities: [Double](repeating: 0, count: count))
    }
    return try Execution.with(threads: threads ?? Parallel.availableThreads) {
        let distances = RowDistances(embeddings, scoreFunction)
        let cores = try distances.cores(samples, onProgress: onProgress)
        let tree = SpanningTree(edges: try distances.spanningEdges(cores, onProgress: onProgress), count: count)
        return CondensedTree(tree, minimumClusterSize: minimumClusterSize)
            .clusters(selection, allowsSingleCluster: allowsSingleCluster)
    }
}

/// An edge of a spanning tree.
struct SpanningEdge: Sendable {
    let first: Int
    let second: Int
    let distance: Float
}

/// The distances of rows from one another, computed when they are asked for.
private struct RowDistances {
    /// How many rows are searched for their nearest ones at a time.
    private static let searchedRows = 4096
    /// How many rows a thread compares at least.
    private static let grain = 256

    private let rows: Matrix
    private let function: SimilarityFunction

    /// - Parameters:
    ///   - embeddings: The rows; for the cosine they are copied with unit length.
    ///   - function: Cosine, euclidean or manhattan.
    init(_ embeddings: Matrix, _ function: SimilarityFunction) {
        rows = function == .cosine ? normalizeEmbeddings(embeddings) : embeddings
        self.function = function == .cosine ? .dot : function
    }

    private func distance(_ score: Float) -> Float { max(0, function == .dot ? 1 - score : -score) }

    /// The distance of each row to the k-th nearest one, itself included.
    func cores(_ k: Int, onProgress: (@Sendable (Double) throws -> Void)?) throws -> [Float] {
        var cores: [Float] = []
        for first in stride(from: 0, to: rows.rows, by: Self.searchedRows) {
            let some = rows[rows: first..<min(first + Self.searchedRows, rows.rows)]
            let share = 0.5 * Double(some.rows) / Double(rows.rows) / Double(rows.rows)
            let hits = try semanticSearch(
                some, in: SearchCorpus(rows), topK: k, scoreFunction: function, allowed: nil,
                threads: Execution.current.threads, onChunk: { try onProgress?(share * Double($0)) })
            cores += hits.map { distance($0[k - 1].score) }
        }
        return cores
    }

    /// A minimum spanning tree where the distance of two rows is at least that of either to its k-th nearest one.
    ///
    /// Prim, *Shortest Connection Networks and Some Generalizations*, 1957, from row 0 on; of equally near rows the first
    /// comes first.
    func spanningEdges(
        _ cores: [Float], onProgress: (@Sendable (Double) throws -> Void)?
    ) throws -> [SpanningEdge] {
        var edges: [SpanningEdge] = []
        var current = 0
        var open = (1..<rows.rows).map { UInt32($0) }
        var reaches = [Float](repeating: .infinity, count: open.count)
        var sources = [UInt32](repeating: 0, count: open.count)
        var distances = reaches
        let total = Double(rows.rows) * Double(rows.rows - 1)
        while !open.isEmpty {
            try onProgress?(Double(open.count) / total)
            measure(from: current, to: open, into: &distances)
            var nearest = 0, least = Float.infinity
            let core = cores[current]
            for place in open.indices {
                let reach = max(distance(distances[place]), max(core, cores[Int(open[place])]))
                if reach < reaches[place] { (reaches[place], sources[place]) = (reach, UInt32(current)) }
                if reaches[place] < least { (nearest, least) = (place, reaches[place]) }
            }
            current = Int(open[nearest])
            edges.append(SpanningEdge(first: Int(sources[nearest]), second: current, distance: reaches[nearest]))
            open.remove(at: nearest)
            reaches.remove(at: nearest)
            sources.remove(at: nearest)
        }
        return edges
    }

    /// Writes the scores of a row with others.
    private func measure(from row: Int, to others: [UInt32], into scores: inout [Float]) {
        let kernels = RowSearchKernels(), columns = rows.columns, function = function
        rows.withUnsafeBufferPointer { elements in
            others.withUnsafeBufferPointer { others in
                scores.withUnsafeMutableBufferPointer { scores in
                    guard let first = elements.baseAddress, let target = scores.baseAddress,
                        let indices = others.baseAddress
                    else {
                        // Rows without columns are all the same.
                        scores.update(repeating: function == .dot ? 1 : 0)
                        return
                    }
                    // Each call writes its own scores.
                    nonisolated(unsafe) let (start, out, places) = (first, target, indices)
                    Parallel.forRanges(others.count, grain: Self.grain) { range in
                        let some = RowSearchKernels.Rows(
                            start, at: places + range.lowerBound, count: range.count, size: columns)
                        let query = RowSearchKernels.Rows(start + row * columns, count: 1, size: columns)
                        let out = out + range.lowerBound
                        switch function {
                        case .cosine, .dot: kernels.products(some, query, into: out, stride: range.count)
                        case .euclidean:
                            kernels.distances(.euclideanDistance, some, query, into: out, stride: range.count)
                        case .manhattan:
                            kernels.distances(.manhattanDistance, some, query, into: out, stride: range.count)
                        }
                    }
                }
            }
        }
    }
}
