// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Clusters of embeddings around centroids.
public struct KMeansClusters: Sendable {
    /// `[clusters, dimensions]`; for the cosine of unit length.
    public let centroids: Matrix
    /// For each embedding the cluster whose centroid is nearest; of equally near ones the first.
    public let assignments: [Int]
    /// How well centroids fit: the sum of all cosines (larger is better), or of all squared distances (smaller is).
    public let objective: Double
    /// How many rounds were computed.
    public let rounds: Int

    /// The rows of each cluster, ascending; empty for a cluster that none is nearest to.
    public var members: [[Int]] {
        var members = [[Int]](repeating: [], count: centroids.rows)
        for (row, cluster) in assignments.enumerated() { members[cluster].append(row) }
        return members
    }
}

/// What k-means makes small.
public enum KMeansMetric: String, Sendable, CaseIterable, Codable {
    /// The angle: spherical k-means, whose centroids have unit length.
    ///
    /// Dhillon and Modha, *Concept Decompositions for Large Sparse Text Data Using Clustering*, 2001,
    /// <https://doi.org/10.1023/A:1007612920971>.
    case cosine
    /// The squared Euclidean distance.
    case euclidean
}

/// Divides embeddings into clusters around centroids, by k-means.
///
/// Lloyd, *Least Squares Quantization in PCM*, 1982, <https://doi.org/10.1109/TIT.1982.1056489>, beginning with centroids
/// drawn by k-means++: Arthur and Vassilvitskii, *k-means++: The Advantages of Careful Seeding*, 2007,
/// <https://doi.org/10.5555/1283383.1283494>; of a sample if there are many embeddings. With `batchSize`, a round reads only
/// so many embeddings, and a centroid is the mean of all that were ever nearest to it: Sculley, *Web-scale K-means
/// Clustering*, 2010, <https://doi.org/10.1145/1772690.1772862>.
///
/// The result depends on the seed, but not on the number of threads. A cluster that becomes empty gets the embedding that
/// is farthest from its centroid. Besides the embeddings and centroids, memory holds some numbers for each embedding.
/// - Parameters:
///   - embeddings: `[n, dimensions]`.
///   - clusters: The number of clusters, from 1 to n.
///   - metric: How embeddings and centroids are compared.
///   - rounds: How often centroids are computed at most, at least 1; fewer if nothing changes any more.
///   - batchSize: How many embeddings a round reads, at least 1; all if nil.
///   - seed: The seed of what is drawn.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: The centroids, and the nearest one of each embedding. If there are fewer different embeddings than clusters,
///   some clusters are empty.
/// - Throws: ``SearchError`` with code `invalidArgument` for an argument out of range, or an embedding with NaN or an
///   infinite number.
public func kMeans(
    _ embeddings: Matrix, clusters: Int, metric: KMeansMetric = .cosine, rounds: Int = 25, batchSize: Int? = nil,
    seed: UInt64 = 0, threads: Int? = nil
) throws -> KMeansClusters {
    try kMeans(
        embeddings, clusters: clusters, metric: metric, rounds: rounds, batchSize: batchSize, seed: seed,
        threads: threads, onProgress: LongCall.onStep)
}

/// The same; `onProgress` is called on any thread with the share of the work done since the last call (the sum stays below
/// 1 if fewer rounds suffice), and ends the search if it throws.
package func kMeans(
    _ embeddings: Matrix, clusters: Int, metric: KMeansMetric, rounds: Int, batchSize: Int?, seed: UInt64,
    threads: Int?, onProgress: (@Sendable (Double) throws -> Void)?
) throws -> KMeansClusters {
    for (name, value) in [("rounds", rounds), ("batchSize", batchSize ?? 1), ("threads", threads ?? 1)] where value < 1
    {
        throw SearchError(.invalidArgument, "\(name) is \(value); expected a positive number")
    }
    guard clusters > 0, clusters <= embeddings.rows else {
        throw SearchError(
            .invalidArgument,
            "\(clusters) clusters of \(embeddings.rows) embeddings; expected at least one and no more than embeddings")
    }
    if let row = embeddings.rowsNotFinite.first {
        throw SearchError(.invalidArgument, "embedding \(row) holds NaN or an infinite number, which is near nothing")
    }
    return try Execution.with(threads: threads ?? Parallel.availableThreads) {
        var lloyd = LloydRounds(embeddings, metric, onProgress)
        let random = RandomStream(seed: seed, step: 0)
        lloyd.centroids = KMeansSeeding(metric, random).centroids(of: embeddings, count: clusters)
        let done =
            try batchSize.map { try lloyd.run(rounds: rounds, batchSize: $0, random) } ?? lloyd.run(rounds: rounds)
        return lloyd.result(rounds: done)
    }
}

/// The state of k-means between rounds.
private struct LloydRounds {
    var centroids: Matrix
    private let embeddings: Matrix
    private let metric: KMeansMetric
    private let onProgress: (@Sendable (Double) throws -> Void)?
    private var nearest: NearestCentroids

    init(_ embeddings: Matrix, _ metric: KMeansMetric, _ onProgress: (@Sendable (Double) throws -> Void)?) {
        self.embeddings = embeddings
        self.metric = metric
        self.onProgress = onProgress
        centroids = embeddings[rows: ..<0]
        nearest = NearestCentroids(count: embeddings.rows)
    }

    /// Finds the nearest centroid of all embeddings.
    private mutating func assign(share: Double) throws -> NearestCentroids {
        try NearestCentroids(embeddings, centroids, metric, share: share, onProgress: onProgress)
    }

    /// Computes rounds with all embeddings; returns how many.
    mutating func run(rounds: Int) throws -> Int {
        let share = 1 / Double(rounds + 1)
        nearest = try assign(share: share)
        for round in 1...rounds {
            nearest.fillEmptyClusters(embeddings, clusters: centroids.rows, metric)
            let sums = ClusterSums(embeddings, nearest.clusters, count: centroids.rows, metric)
            centroids = sums.centroids(metric, instead: centroids)
            let next = try assign(share: share)
            defer { nearest = next }
            if next.clusters == nearest.clusters { return round }
        }
        return rounds
    }

    /// Computes rounds with some embeddings each.
    mutating func run(rounds: Int, batchSize: Int, _ random: RandomStream) throws -> Int {
        var sums = ClusterSums(count: centroids.rows, columns: embeddings.columns)
        for round in 1...rounds {
            let rows = random.at(round).spread(batchSize, below: embeddings.rows)
            let batch = Matrix(embeddings.tensor.gatheringRows(rows))
            let nearest = try NearestCentroids(batch, centroids, metric, share: 0, onProgress: nil)
            sums.add(ClusterSums(batch, nearest.clusters, count: centroids.rows, metric))
            centroids = sums.centroids(metric, instead: centroids)
            try onProgress?(1 / Double(rounds + 1))
        }
        nearest = try assign(share: 1 / Double(rounds + 1))
        return rounds
    }

    func result(rounds: Int) -> KMeansClusters {
        KMeansClusters(
            centroids: centroids, assignments: nearest.clusters.map(Int.init),
            objective: nearest.objective(embeddings, metric), rounds: rounds)
    }
}
