// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How two lists of numbers go together.
package enum Correlation {
    /// The share of what two lists have in common if they are on a line: cov(a, b) / (σ(a) σ(b)), from -1 to 1.
    ///
    /// NaN if one of them is constant, or there are fewer than two numbers.
    package static func pearson(_ a: [Double], _ b: [Double]) -> Double {
        let count = Double(min(a.count, b.count))
        guard count >= 2 else { return .nan }
        let meanA = a.reduce(0, +) / count, meanB = b.reduce(0, +) / count
        var products = 0.0, squaresA = 0.0, squaresB = 0.0
        for (x, y) in zip(a, b) {
            products += (x - meanA) * (y - meanB)
            squaresA += (x - meanA) * (x - meanA)
            squaresB += (y - meanB) * (y - meanB)
        }
        guard squaresA > 0, squaresB > 0 else { return .nan }
        return max(-1, min(1, products / (squaresA.squareRoot() * squaresB.squareRoot())))
    }

    /// The Pearson correlation of the ranks, from -1 to 1; numbers that are equal share the mean of their ranks.
    package static func spearman(_ a: [Double], _ b: [Double]) -> Double {
        guard !a.contains(where: \.isNaN), !b.contains(where: \.isNaN) else { return .nan }
        return pearson(ranks(a), ranks(b))
    }

    /// The rank of each number, from 1 on.
    package static func ranks(_ numbers: [Double]) -> [Double] {
        let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
        var ranks = [Double](repeating: 0, count: numbers.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, numbers[order[end]] == numbers[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
            start = end
        }
        return ranks
    }
}
