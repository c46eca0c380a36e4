// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

extension ModelConfig {
    /// A dimension: a positive number, small enough that the product of two does not overflow.
    func dimension(_ key: String, default value: Int, in range: ClosedRange<Int> = 1...1 << 28) throws -> Int {
        let dimension = try int(key, default: value)
        guard range.contains(dimension) else {
            throw error(key, "expected an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return dimension
    }

    /// The activation that a Hugging Face configuration names.
    func activation(_ key: String, default value: String) throws -> Activation {
        try activation(named: string(key, default: value), key)
    }

    /// The activation called `name`, which is the value of `key`.
    func activation(named name: String, _ key: String) throws -> Activation {
        guard let activation = Self.activations[name] else {
            throw error(key, "supported: \(Self.activations.keys.sorted().joined(separator: ", "))")
        }
        return activation
    }

    private static let activations: [String: Activation] = [
        "gelu": .gelu, "gelu_python": .gelu, "gelu_new": .geluTanh, "gelu_fast": .geluTanh,
        "gelu_pytorch_tanh": .geluTanh, "gelu_accurate": .geluTanh, "relu": .relu, "silu": .silu, "swish": .silu,
        "tanh": .tanh, "sigmoid": .sigmoid, "linear": .identity, "gelu_10": .clippedGELU, "gelu_python_tanh": .geluTanh,
        "hardswish": .hardSwish, "laplace": .laplace, "leaky_relu": .leakyReLU, "mish": .mish, "quick_gelu": .quickGELU,
        "relu2": .squaredReLU, "relu6": .relu6, "sqrtsoftplus": .sqrtSoftPlus,
    ]
}
