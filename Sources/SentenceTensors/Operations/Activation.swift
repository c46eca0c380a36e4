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
    /// x, or 0.01 x below 0
    case leakyReLU
    /// x, or below 0 the mean of the slopes that training draws, 11/48 x
    case randomizedReLU
    /// min(max(x, 0), 6)
    case relu6
    /// max(x, 0)²
    case squaredReLU
    /// x, or e^x - 1 below 0
    case elu
    /// ELU scaled so that networks normalise themselves. Klambauer et al., 2017, <https://arxiv.org/abs/1706.02515>.
    case selu
    /// x between -1 and 1
    case hardTanh
    /// x / 6 + 1/2 between 0 and 1
    case hardSigmoid
    /// x hardSigmoid(x)
    case hardSwish
    /// x, or 0 from -1/2 to 1/2
    case hardShrink
    /// x moved towards 0 by up to 1/2
    case softShrink
    /// x - tanh(x)
    case tanhShrink
    /// x / (1 + |x|)
    case softSign
    /// log(1 + e^x)
    case softPlus
    /// The square root of log(1 + e^x)
    case sqrtSoftPlus
    /// log(sigmoid(x))
    case logSigmoid
    /// x tanh(log(1 + e^x)). Misra, 2019, <https://arxiv.org/abs/1908.08681>.
    case mish
    /// x sigmoid(1.702 x)
    case quickGELU
    /// GELU between -10 and 10
    case clippedGELU
    /// Cumulative distribution function of a normal distribution. Ma et al., 2022, <https://arxiv.org/abs/2209.10655>.
    case laplace

    /// Whether the function is always computed on its own, never as part of a matrix product.
    var isRare: Bool { kernel.rawValue >= SK_ACTIVATION_FIRST_RARE.rawValue }

    var kernel: sk_activation {
        switch self {
        case .identity: SK_ACTIVATION_IDENTITY
        case .relu: SK_ACTIVATION_RELU
        case .gelu: SK_ACTIVATION_GELU
        case .geluTanh: SK_ACTIVATION_GELU_TANH
        case .tanh: SK_ACTIVATION_TANH
        case .sigmoid: SK_ACTIVATION_SIGMOID
        case .silu: SK_ACTIVATION_SILU
        case .leakyReLU: SK_ACTIVATION_LEAKY_RELU
        case .randomizedReLU: SK_ACTIVATION_RRELU
        case .relu6: SK_ACTIVATION_RELU6
        case .squaredReLU: SK_ACTIVATION_RELU_SQUARED
        case .elu: SK_ACTIVATION_ELU
        case .selu: SK_ACTIVATION_SELU
        case .hardTanh: SK_ACTIVATION_HARDTANH
        case .hardSigmoid: SK_ACTIVATION_HARDSIGMOID
        case .hardSwish: SK_ACTIVATION_HARDSWISH
        case .hardShrink: SK_ACTIVATION_HARDSHRINK
        case .softShrink: SK_ACTIVATION_SOFTSHRINK
        case .tanhShrink: SK_ACTIVATION_TANHSHRINK
        case .softSign: SK_ACTIVATION_SOFTSIGN
        case .softPlus: SK_ACTIVATION_SOFTPLUS
        case .sqrtSoftPlus: SK_ACTIVATION_SQRT_SOFTPLUS
        case .logSigmoid: SK_ACTIVATION_LOG_SIGMOID
        case .mish: SK_ACTIVATION_MISH
        case .quickGELU: SK_ACTIVATION_QUICK_GELU
        case .clippedGELU: SK_ACTIVATION_GELU_CLIPPED
        case .laplace: SK_ACTIVATION_LAPLACE
        }
    }
}

extension Tensor {
    /// The activation function applied to every element.
    package func activated(_ activation: Activation) -> Tensor {
        guard activation != .identity else { return self }
        let x = self
        return x.mapRows { kernels, y, x, n in kernels.activation_f32(activation.kernel, y, x, n) }
            .recorded(from: [node]) { [x.activationGradient(activation, $0)] }
    }

    /// The gradient of the input, which is this tensor, of an activation.
    func activationGradient(_ activation: Activation, _ dY: Tensor) -> Tensor {
        dY.mapRows(with: self) { kernels, dX, dY, x, n in
            kernels.activation_backward_f32(activation.kernel, dX, x, dY, n)
        }
    }
}
