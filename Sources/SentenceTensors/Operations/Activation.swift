// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// An element-wise non-linear function.
package enum Activation: String, Sendable, CaseIterable {
    /// x
    case identity
    /// max(x, 0)
    case relu
    /// x Φ(x), exact. Hendrycks and Gimpel, 2016, <https://arxiv.org/abs/1606.08415>.
    case gelu
    /// The tanh approximation of GELU, for models that were trained with it.
    case geluTanh
    /// The hyperbolic tangent.
    case tanh
    /// 1 / (1 + e^-x)
    case sigmoid
    /// x sigmoid(x)
    case silu

    var kernel: sk_activation {
        switch self {
        case .identity: SK_ACTIVATION_IDENTITY
        case .relu: SK_ACTIVATION_RELU
        case .gelu: SK_ACTIVATION_GELU
        case .geluTanh: SK_ACTIVATION_GELU_TANH
        case .tanh: SK_ACTIVATION_TANH
        case .sigmoid: SK_ACTIVATION_SIGMOID
        case .silu: SK_ACTIVATION_SILU
        }
    }
}

extension Tensor {
    /// The activation of every element.
    package func activated(_ activation: Activation) -> Tensor {
        guard activation != .identity else { return self }
        let x = self
        return x.mapRows { kernels, y, x, n in kernels.activation_f32(activation.kernel, y, x, n) }
            .recorded(from: [node]) { dY in
                [
                    dY.mapRows(with: x) { kernels, dX, dY, x, n in
                        kernels.activation_backward_f32(activation.kernel, dX, x, dY, n)
                    }
                ]
            }
    }
}
