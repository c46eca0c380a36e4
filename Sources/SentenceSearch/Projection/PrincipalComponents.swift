// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The directions in which embeddings differ most.
///
/// Pearson, *On Lines and Planes of Closest Fit to Systems of Points in Space*, 1901,
/// <https://doi.org/10.1080/14786440109462720>.
public struct PrincipalComponents: Sendable {
    /// The mean of the embeddings, `[dimensions]`.
    public let mean: [Float]
    /// The directions, `[count, dimensions]`: of unit length, at right angles, that of the largest variance first.
    ///
    /// The largest element of each is positive.
    public let directions: Matrix
    /// The share of all variance along each direction, 0 to 1.
    public let explainedVariance: [Double]

    /// The rounds after which directions no longer turn visibly, even if two variances are nearly the same.
    private static let rounds = 300
    /// A round that turns no direction by more than this is the last one.
    private static let smallestTurn = 1e-7

    /// For more than this share of all directions, computing all of them takes less time than the largest ones.
    private static let iteratedShare = 16

    /// The first components of embeddings.
    ///
    /// - Parameters:
    ///   - embeddings: `[rows, dimensions]`, with finite numbers; at least 2 rows.
    ///   - count: How many components to find; as many as there are dimensions if it is larger.
    /// - Throws: ``SearchError`` with code `invalidArgument` if there are fewer rows, a number is not finite, or `count` is
    ///   less than 1.
    public init(of embeddings: Matrix, count: Int = 2) throws {
        try self.init(of: embeddings, count: count, isCentered: true)
    }

    /// The directions in which embeddings are longest, seen from the origin: projections keep products of embeddings as
    /// well as they can.
    ///
    /// - Parameters:
    ///   - embeddings: `[rows, dimensions]`, with finite numbers; at least 2 rows.
    ///   - count: How many directions to find; as many as there are dimensions if it is larger.
    /// - Throws: As the form with a center.
    package init(throughOriginOf embeddings: Matrix, count: Int) throws {
        try self.init(of: embeddings, count: count, isCentered: false)
    }

    private init(of embeddings: Matrix, count: Int, isCentered: Bool) throws {
        guard count > 0 else { throw SearchError(.invalidArgument, "\(count) components; expected at least 1") }
        guard embeddings.rows > 1, embeddings.columns > 0 else {
            throw SearchError(
                .invalidArgument, "components of embeddings of shape \(embeddings.shape); expected at least 2 rows")
        }
        if let row = embeddings.rowsNotFinite.first {
            throw SearchError(.invalidArgument, "embedding \(row) holds NaN or an infinite number, and has no place")
        }
        let size = embeddings.columns
        mean = isCentered ? Self.mean(of: embeddings) : [Float](repeating: 0, count: size)
        let covariance = Self.covariance(of: embeddings, mean)
        let total = (0..<size).reduce(0.0) { $0 + covariance[$1 * size + $1] }
        let (vectors, variances) =
            count > size / Self.iteratedShare
            ? Self.allEigenvectors(covariance, size, min(count, size))
            : Self.eigenvectors(covariance, size, min(count, size))
        directions = Matrix(Tensor(vectors.flatMap { $0.map(Float.init) }, shape: [vectors.count, size]))
        explainedVariance = variances.map { total > 0 ? $0 / total : 0 }
    }

    /// The coordinates of embeddings along the directions.
    ///
    /// - Parameter embeddings: `[rows, dimensions]`.
    /// - Returns: `[rows, count]`.
    /// - Throws: ``SearchError`` with code `invalidArgument` for another number of dimensions.
    public func project(_ embeddings: Matrix) throws -> Matrix {
        try SimilarityFunction.check(embeddings.shape, directions.shape)
        guard embeddings.rows > 0 else { return Matrix(Tensor.zeros([0, directions.rows])) }
        return Execution.with(threads: Parallel.availableThreads) {
            Matrix(
                embeddings.tensor.adding(-1, row: Tensor(mean, shape: [mean.count])).compared(
                    .dot, with: directions.tensor))
        }
    }

    private static func mean(of embeddings: Matrix) -> [Float] {
        let size = embeddings.columns
        var sums = [Double](repeating: 0, count: size)
        embeddings.withUnsafeBufferPointer { elements in
            for row in 0..<embeddings.rows {
                for column in 0..<size { sums[column] += Double(elements[row * size + column]) }
            }
        }
        return sums.map { Float($0 / Double(embeddings.rows)) }
    }

    /// The sums of products of all pairs of dimensions, `[dimensions, dimensions]`; of a block of rows in float32.
    private static func covariance(of embeddings: Matrix, _ mean: [Float]) -> [Double] {
        let size = embeddings.columns, blockRows = 1 << 14
        var sums = [Double](repeating: 0, count: size * size)
        Execution.with(threads: Parallel.availableThreads) {
            for first in stride(from: 0, to: embeddings.rows, by: blockRows) {
                let block = embeddings.tensor.rowRange(first..<min(first + blockRows, embeddings.rows))
                let columns = block.adding(-1, row: Tensor(mean, shape: [size])).transposedMatrix()
                for (place, product) in columns.compared(.dot, with: columns).floats.enumerated() {
                    sums[place] += Double(product)
                }
            }
        }
        return sums
    }

    private static func allEigenvectors(
        _ matrix: [Double], _ size: Int, _ count: Int
    ) -> (vectors: [[Double]], values: [Double]) {
        let found = SymmetricEigenvectors(matrix, size)
        return (found.vectors.prefix(count).map(signed), found.values.prefix(count).map { max(0, $0) })
    }

    /// The vector or its opposite: the one whose largest element is positive.
    private static func signed(_ vector: [Double]) -> [Double] {
        (vector.max { abs($0) < abs($1) } ?? 0) < 0 ? vector.map { -$0 } : vector
    }

    /// The eigenvectors with the largest eigenvalues of a symmetric matrix, by orthogonal iteration.
    private static func eigenvectors(
        _ matrix: [Double], _ size: Int, _ count: Int
    ) -> (vectors: [[Double]], values: [Double]) {
        func product(_ vector: [Double]) -> [Double] {
            (0..<size).map { row in
                var sum = 0.0
                for column in 0..<size { sum += matrix[row * size + column] * vector[column] }
                return sum
            }
        }
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        // Vectors of different numbers are parallel to none of the eigenvectors, and the same in every run.
        let random = RandomStream(seed: 0, step: 0)
        var vectors = (0..<count).map { index in
            (0..<size).map { Double(random.at(index).words(UInt32($0)).x) / Double(UInt32.max) - 0.5 }
        }
        func orthogonalize() {
            for index in 0..<count {
                for other in 0..<index {
                    let share = dot(vectors[index], vectors[other])
                    for place in 0..<size { vectors[index][place] -= share * vectors[other][place] }
                }
                let length = dot(vectors[index], vectors[index]).squareRoot()
                // In a space of fewer dimensions nothing is left; any direction is then as good.
                for place in 0..<size { vectors[index][place] = length > 1e-30 ? vectors[index][place] / length : 0 }
            }
        }
        orthogonalize()
        for _ in 0..<rounds {
            let before = vectors
            vectors = vectors.map(product)
            orthogonalize()
            let turns = zip(before, vectors).map { 1 - abs(dot($0, $1)) }
            if turns.allSatisfy({ $0 < smallestTurn * smallestTurn }) { break }
        }
        let values = vectors.map { max(0, dot($0, product($0))) }
        return (vectors.map(signed), values)
    }
}
