// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Where agglomerative clustering ends.
public enum ClusterCut: Sendable, Hashable {
    /// With so many clusters.
    case count(Int)
    /// When the nearest clusters are at least so far from one another.
    case distance(Double)
}

/// The most embeddings for which the distances of all pairs are kept: 1.6 GB.
private let mostEmbeddings = 20_000

/// Divides embeddings into clusters by repeatedly joining the two that are nearest.
///
/// Results are those of scikit-learn's `AgglomerativeClustering`, up to the numbers of clusters. The distances of all pairs
/// are in memory, 4 n² bytes; so there may be up to 20,000 embeddings.
/// - Parameters:
///   - embeddings: `[n, dimensions]`.
///   - linkage: How far two clusters are from one another.
///   - scoreFunction: How far two embeddings are from one another: 1 minus the cosine, or the Euclidean or Manhattan
///     distance; the Euclidean for Ward's linkage, which needs it. If nil, that for Ward's and the cosine for others.
///   - cut: Where to end.
///   - threads: The number of threads to use for the distances; if nil, all that the process may use.
/// - Returns: For each embedding the number of its cluster, numbered by their first embeddings.
/// - Throws: ``SearchError`` with code `invalidArgument` for an argument out of range, too many embeddings, or one with NaN
///   or an infinite number.
public func agglomerativeClustering(
    _ embeddings: Matrix, linkage: Linkage = .average, scoreFunction: SimilarityFunction? = nil, into cut: ClusterCut,
    threads: Int? = nil
) throws -> [Int] {
    try agglomerativeClustering(
        embeddings, linkage: linkage, scoreFunction: scoreFunction, into: cut, threads: threads,
        onProgress: LongCall.onStep)
}

/// The same; `onProgress` is called on any thread with the share of the work done since the last call, and ends the
/// clustering if it throws.
package func agglomerativeClustering(
    _ embeddings: Matrix, linkage: Linkage, scoreFunction: SimilarityFunction?, into cut: ClusterCut, threads: Int?,
    onProgress: (@Sendable (Double) throws -> Void)?
) throws -> [Int] {
    let function = scoreFunction ?? (linkage == .ward ? .euclidean : .cosine)
    if linkage == .ward, function != .euclidean {
        throw SearchError(
            .invalidArgument, "Ward's linkage is for Euclidean distances; found \(function.rawValue)")
    }
    guard function != .dot else {
        throw SearchError(
            .invalidArgument, "a dot product is no distance; expected cosine, euclidean or manhattan")
    }
    switch cut {
    case .count(let count):
        guard count > 0, count <= embeddings.rows else {
            throw SearchError(
                .invalidArgument,
                "\(count) clusters of \(embeddings.rows) embeddings; expected at least one and no more "
                    + "than embeddings")
        }
    case .distance(let distance):
        guard !distance.isNaN else { throw SearchError(.invalidArgument, "the distance is NaN; expected a number") }
    }
    guard embeddings.rows <= mostEmbeddings else {
        throw SearchError(
            .invalidArgument,
            "\(embeddings.rows) embeddings are too many to keep the distances of all pairs; expected up to "
                + "\(mostEmbeddings), else use kMeans or densityClustering")
    }
    if let row = embeddings.rowsNotFinite.first {
        throw SearchError(.invalidArgument, "embedding \(row) holds NaN or an infinite number, which is near nothing")
    }
    // Half of the progress is the distances, half the joins.
    let distances = try CondensedDistances(embeddings, function, threads: threads) { try onProgress?($0 / 2) }
    let share = 0.5 / Double(max(1, embeddings.rows - 1))
    let tree = try ClusterTree(distances, linkage, onJoin: { try onProgress?(share) })
    guard embeddings.rows > 0 else { return [] }
    return switch cut {
    case .count(let count): tree.labels(count: count)
    case .distance(let distance): tree.labels(below: distance)
    }
}
