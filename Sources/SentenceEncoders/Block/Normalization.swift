// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A layer norm or an RMS norm.
enum Normalization: Sendable {
    case layer(LayerNorm)
    case rootMeanSquare(RMSNorm)

    /// Normalises every row.
    ///
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
    /// The normalised input, or the input itself if there is no norm.
    func callAsFunction(_ x: Tensor) -> Tensor { self.map { $0(x) } ?? x }
}
