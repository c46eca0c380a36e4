// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension Activation {
    /// The functions of single elements that PyTorch has as classes that need no argument, by the classes' names.
    static let torchClasses: [String: Activation] = [
        "CELU": .elu, "ELU": .elu, "GELU": .gelu, "Hardshrink": .hardShrink, "Hardsigmoid": .hardSigmoid,
        "Hardswish": .hardSwish, "Hardtanh": .hardTanh, "Identity": .identity, "LeakyReLU": .leakyReLU,
        "LogSigmoid": .logSigmoid, "Mish": .mish, "RReLU": .randomizedReLU, "ReLU": .relu, "ReLU6": .relu6,
        "SELU": .selu, "SiLU": .silu, "Sigmoid": .sigmoid, "Softplus": .softPlus, "Softshrink": .softShrink,
        "Softsign": .softSign, "Tanh": .tanh, "Tanhshrink": .tanhShrink,
    ]

    /// The name of the class in a dotted path of PyTorch's, such as `torch.nn.modules.activation.Tanh`; nil for others.
    static func torchClass(in path: String) -> String? {
        let parts = path.split(separator: ".")
        return parts.first == "torch" && parts.count > 1 ? parts.last.map(String.init) : nil
    }
}
