// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How the logit of a token becomes its weight in a sparse embedding.
///
/// Formal et al., *SPLADE v2: Sparse Lexical and Expansion Model for Information Retrieval*, 2021,
/// <https://arxiv.org/abs/2109.10086>.
package enum Saturation: String, Sendable, CaseIterable {
    /// log(1 + max(x, 0))
    case relu
    /// log(1 + log(1 + max(x, 0)))
    case log1pReLU = "log1p_relu"

    /// The weight of a logit.
    func callAsFunction(_ x: Float) -> Float {
        guard x > 0 else { return x.isNaN ? x : 0 }
        return self == .relu ? log1pf(x) : log1pf(log1pf(x))
    }

    /// The derivative of the weight with respect to the logit; 0 at 0, like that of max(x, 0).
    func slope(_ x: Float) -> Float {
        guard x > 0 else { return x.isNaN ? x : 0 }
        return self == .relu ? 1 / (1 + x) : 1 / ((1 + x) * (1 + log1pf(x)))
    }
}

extension Tensor {
    /// The weight of every logit.
    package func saturated(_ saturation: Saturation) -> Tensor {
        let x = detached
        return x.mapRows { _, y, x, count in
            for index in 0..<count { y[index] = saturation(x[index]) }
        }
        .recorded(from: [node]) { dY in
            [
                dY.mapRows(with: x) { _, dX, dY, x, count in
                    for index in 0..<count { dX[index] = dY[index] * saturation.slope(x[index]) }
                }
            ]
        }
    }
}
