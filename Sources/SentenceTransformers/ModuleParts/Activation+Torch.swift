// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension Activation {
    /// PyTorch's elementwise activation classes without required arguments, by class name.
    static let torchClasses: [String: Activation] = [
        "CELU": .elu, "ELU": .elu, "GELU": .gelu, "Hardshrink": .hardShrink, "Hardsigmoid": .hardSigmoid,
        "Hardswish": .hardSwish, "Hardtanh": .hardTanh, "Identity": .identity, "LeakyReLU": .leakyReLU,
        "LogSigmoid": .logSigmoid, "Mish": .mish, "RReLU": .randomizedReLU, "ReLU": .relu, "ReLU6": .relu6,
        "SELU": .selu, "SiLU": .silu, "Sigmoid": .sigmoid, "Softplus": .softPlus, "Softshrink": .softShrink,
        "Softsign": .softSign, "Tanh": .tanh, "Tanhshrink": .tanhShrink,
    ]

    /// The class name in a dotted path of PyTorch, such as `torch.nn.modules.activation.Tanh`; nil for other paths.
    static func torchClass(in path: String) -> String? {
        let parts = path.split(separator: ".")
        return parts.first == "torch" && parts.count > 1 ? parts.last.map(String.init) : nil
    }
}
