// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SimilarityFunction {
    /// Refuses embeddings of different dimensions.
    ///
    /// A matrix without rows and columns, whose row width is unknown, matches any other.
    static func check(_ a: [Int], _ b: [Int]) throws {
        guard a[1] == b[1] || a == [0, 0] || b == [0, 0] else {
            throw SearchError(
                .invalidArgument,
                "embeddings of \(a[1]) and of \(b[1]) dimensions (shapes \(a) and \(b)) have no similarity; they must come "
                    + "from one model and be truncated alike")
        }
    }

    /// Refuses embeddings that cannot be paired row by row.
    static func checkPairs(_ a: [Int], _ b: [Int]) throws {
        guard a[0] == b[0] else {
            throw SearchError(
                .invalidArgument,
                "\(a[0]) and \(b[0]) embeddings (shapes \(a) and \(b)) do not make pairs; expected as many of both")
        }
        try check(a, b)
    }
}
