// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceTensors

/// The function that turns a cross-encoder's logits into scores.
public enum ScoreActivation: String, Sendable, CaseIterable, Codable {
    /// The unchanged logits, with which most rerankers were trained.
    case identity
    /// 1 / (1 + e^-x), from 0 to 1; the default of a model with one label.
    case sigmoid
    /// The hyperbolic tangent, from -1 to 1.
    case tanh
    /// max(x, 0)
    case relu
    /// x Φ(x)
    case gelu
    /// x sigmoid(x)
    case silu
    /// The same as ELU, under another name of PyTorch
    case celu
    /// x, or e^x - 1 below 0
    case elu
    /// x, or 0 from -1/2 to 1/2
    case hardShrink
    /// x / 6 + 1/2 between 0 and 1
    case hardSigmoid
    /// x times the hard sigmoid
    case hardSwish
    /// x limited to -1 to 1
    case hardTanh
    /// x, or 0.01 x below 0
    case leakyReLU
    /// The logarithm of the sigmoid
    case logSigmoid
    /// x tanh(log(1 + e^x))
    case mish
    /// x, or 11/48 x below 0
    case randomizedReLU
    /// min(max(x, 0), 6)
    case relu6
    /// ELU, scaled for self-normalising networks
    case selu
    /// log(1 + e^x)
    case softPlus
    /// x moved towards 0 by at most 1/2
    case softShrink
    /// x / (1 + |x|)
    case softSign
    /// x - tanh(x)
    case tanhShrink
    /// The probabilities of a pair's labels, which add up to 1.
    case softmax
    /// The logarithms of the probabilities.
    case logSoftmax
    /// The probabilities of the negated logits.
    case softmin

    /// The name of PyTorch's class.
    private var className: String {
        switch self {
        case .identity: "Identity"
        case .sigmoid: "Sigmoid"
        case .tanh: "Tanh"
        case .relu: "ReLU"
        case .gelu: "GELU"
        case .silu: "SiLU"
        case .celu: "CELU"
        case .elu: "ELU"
        case .hardShrink: "Hardshrink"
        case .hardSigmoid: "Hardsigmoid"
        case .hardSwish: "Hardswish"
        case .hardTanh: "Hardtanh"
        case .leakyReLU: "LeakyReLU"
        case .logSigmoid: "LogSigmoid"
        case .mish: "Mish"
        case .randomizedReLU: "RReLU"
        case .relu6: "ReLU6"
        case .selu: "SELU"
        case .softPlus: "Softplus"
        case .softShrink: "Softshrink"
        case .softSign: "Softsign"
        case .tanhShrink: "Tanhshrink"
        case .softmax: "Softmax"
        case .logSoftmax: "LogSoftmax"
        case .softmin: "Softmin"
        }
    }

    /// The dotted path that the reference writes.
    var path: String { "torch.nn.modules." + (self == .identity ? "linear." : "activation.") + className }

    /// The default activation of a model with the given number of labels.
    static func standard(labelCount: Int) -> ScoreActivation { labelCount == 1 ? .sigmoid : .identity }

    /// The activation with a dotted path; nil if the path is not in PyTorch, since the reference does not trust other
    /// code either.
    ///
    /// - Throws: ``SentenceTransformersError`` with code `unsupportedModel` for other classes of PyTorch.
    init?(path: String, in file: String) throws {
        guard let name = Activation.torchClass(in: path) else { return nil }
        for activation in Self.allCases where activation.className == name {
            self = activation
            return
        }
        throw SentenceTransformersError(
            .unsupportedModel,
            "\(file): activation \"\(path)\" is not supported by this version; supported: torch.nn's "
                + Self.classNames)
    }

    /// - Parameter logits: `[pairs, labels]`.
    /// - Returns: The scores, `[pairs, labels]`.
    func callAsFunction(_ logits: Tensor) -> Tensor {
        switch self {
        case .softmax: logits.softmax()
        case .softmin: (-1 * logits).softmax()
        case .logSoftmax: logits.logSoftmax()
        default: elementwise.map(logits.activated) ?? logits
        }
    }

    /// The elementwise function; nil for functions of all logits of a pair.
    var elementwise: Activation? { Activation.torchClasses[className] }

    /// The names of all supported PyTorch classes.
    static var classNames: String { allCases.map(\.className).sorted().joined(separator: ", ") }
}
