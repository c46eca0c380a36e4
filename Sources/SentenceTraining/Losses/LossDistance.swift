// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// How a loss measures how far apart embeddings are.
public enum LossDistance: String, Sendable, CaseIterable {
    /// 1 less the cosine of the angle.
    case cosine = "COSINE"
    /// The length of the difference.
    case euclidean = "EUCLIDEAN"
    /// The sum of the absolute differences.
    case manhattan = "MANHATTAN"

    /// Each row of `a` with the same row of `b`: `[n, 1]`.
    ///
    /// With `shift`, which is added to each difference, the slope at equal embeddings is not 0.
    func pairwise(_ a: Tensor, _ b: Tensor, shift: Float = 0) -> Tensor {
        switch self {
        case .cosine: -1 * LossSimilarity.cosine.pairwise(a, b) + 1
        case .euclidean: (a - b + shift).squared().rowSums().mapped(.squareRoot)
        case .manhattan: (a - b + shift).mapped(.absolute).rowSums()
        }
    }
}

extension LossDistance: LossChoice {
    /// The reference has an enumeration for pairs and one for triplets.
    package init?(argument: String) {
        let name = argument.split(separator: ".").last.map(String.init) ?? argument
        self.init(rawValue: name == "COSINE_DISTANCE" ? "COSINE" : name)
    }
}

/// How the losses that mine triplets measure distances within a batch.
public enum BatchDistance: String, Sendable, CaseIterable, LossChoice {
    /// 1 less the cosine of the angle.
    case cosine = "cosine_distance"
    /// The length of the difference.
    case euclidean = "euclidean_distance"

    /// The reference has two spellings.
    package init?(argument: String) {
        let name = argument.split(separator: ".").last.map(String.init) ?? argument
        self.init(rawValue: name == "eucledian_distance" ? "euclidean_distance" : name)
    }

    /// All rows with all rows: `[n, n]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .cosine: return -1 * LossSimilarity.cosine(x, x) + 1
        case .euclidean:
            // |a|² - 2ab + |b|² is exactly 0 for equal rows, whose slope is 0 then.
            let products = x.product(transposed: x), squares = products.diagonal()
            let count = x.rows
            let sums = squares.repeated(rows: count) + -2 * products + squares.repeated(columns: count)
            return sums.rectified().mapped(.squareRoot)
        }
    }
}
