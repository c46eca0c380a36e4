// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch

/// Embeddings of one size, a row each, `[rows, columns]`.
public protocol EmbeddingRows: Sendable {
    /// The number of embeddings.
    var rows: Int { get }
    /// The size of each.
    var columns: Int { get }
    /// Σ (aⱼ − bⱼ)² of each row with the one of the same index in others of the same shape.
    func squaredDistances(_ other: Self) -> [Double]
}

extension EmbeddingRows {
    /// The mean squared difference of each row with the one of the same index.
    ///
    /// - Throws: ``TrainingError`` if the shapes differ.
    func squaredErrors(_ teacher: Self) throws -> [Double] {
        guard rows == teacher.rows, columns == teacher.columns else {
            throw TrainingError(
                .invalidArgument,
                "the teacher's embeddings have \(teacher.columns) dimensions, the model's \(columns); expected as many")
        }
        return squaredDistances(teacher).map { $0 / Double(max(1, columns)) }
    }
}

extension Matrix: EmbeddingRows {
    /// The squared Euclidean distances.
    public func squaredDistances(_ other: Matrix) -> [Double] {
        zip(self, other).map { a, b in
            zip(a, b).reduce(0) { sum, pair in
                let difference = Double(pair.0 - pair.1)
                return sum + difference * difference
            }
        }
    }
}

extension SparseMatrix: EmbeddingRows {
    /// The squared Euclidean distances.
    public func squaredDistances(_ other: SparseMatrix) -> [Double] {
        (0..<rows).map { row in
            var (i, j) = (rowOffsets[row], other.rowOffsets[row]), sum = 0.0
            let (endI, endJ) = (rowOffsets[row + 1], other.rowOffsets[row + 1])
            while i < endI || j < endJ {
                let column = i < endI ? indices[i] : .max, otherColumn = j < endJ ? other.indices[j] : .max
                var difference: Float = 0
                if column <= otherColumn {
                    difference = values[i]
                    i += 1
                }
                if otherColumn <= column {
                    difference -= other.values[j]
                    j += 1
                }
                sum += Double(difference) * Double(difference)
            }
            return sum
        }
    }
}
