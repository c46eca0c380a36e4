// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A norm of either kind.
enum Normalization: Sendable {
    case layer(LayerNorm)
    case rootMeanSquare(RMSNorm)

    /// - Parameter x: `[rows, size]`.
    /// - Returns: The same shape.
    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .layer(let norm): norm(x)
        case .rootMeanSquare(let norm): norm(x)
        }
    }
}

extension Normalization? {
    /// The norm's result, or the input where there is none.
    func callAsFunction(_ x: Tensor) -> Tensor { self.map { $0(x) } ?? x }
}
