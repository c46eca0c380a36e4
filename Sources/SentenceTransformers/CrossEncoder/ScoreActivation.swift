// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceTensors

/// What turns a cross-encoder's logits into scores.
public enum ScoreActivation: String, Sendable, CaseIterable {
    /// The logits themselves, of any size: what most rerankers were trained with.
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
    /// The probabilities of a pair's labels, which add up to 1.
    case softmax

    /// PyTorch's class.
    private var className: String {
        switch self {
        case .identity: "Identity"
        case .sigmoid: "Sigmoid"
        case .tanh: "Tanh"
        case .relu: "ReLU"
        case .gelu: "GELU"
        case .silu: "SiLU"
        case .softmax: "Softmax"
        }
    }

    /// The dotted path that the reference writes.
    var path: String { "torch.nn.modules." + (self == .identity ? "linear." : "activation.") + className }

    /// The activation of a model that names none.
    static func standard(labelCount: Int) -> ScoreActivation { labelCount == 1 ? .sigmoid : .identity }

    /// The activation of a dotted path; nil if the path is not PyTorch's, which the reference does not trust either.
    ///
    /// - Throws: ``SentenceTransformersError`` with code `unsupportedModel` for other classes of PyTorch.
    init?(path: String, in file: String) throws {
        guard path.hasPrefix("torch.") else { return nil }
        let name = path.split(separator: ".").last.map(String.init)
        for activation in Self.allCases where activation.className == name {
            self = activation
            return
        }
        throw SentenceTransformersError(
            .unsupportedModel,
            "\(file): activation \"\(path)\" is not supported by this version; supported: torch.nn's "
                + Self.allCases.map(\.className).joined(separator: ", "))
    }

    /// - Parameter logits: `[pairs, labels]`.
    /// - Returns: The scores, `[pairs, labels]`.
    func callAsFunction(_ logits: Tensor) -> Tensor {
        switch self {
        case .identity: logits
        case .sigmoid: logits.activated(.sigmoid)
        case .tanh: logits.activated(.tanh)
        case .relu: logits.activated(.relu)
        case .gelu: logits.activated(.gelu)
        case .silu: logits.activated(.silu)
        case .softmax: logits.softmax()
        }
    }
}

extension ModelPipeline {
    /// The activation that the model's files name, by the reference's order of places.
    ///
    /// A path that is not PyTorch's counts as none. The two places in `config.json` are one: the older is asked only if
    /// the newer is not there.
    func scoreActivation(labelCount: Int) throws -> ScoreActivation {
        if let path = settings.activationPath,
            let activation = try ScoreActivation(path: path, in: ModelSettings.fileName)
        {
            return activation
        }
        let config = (modules.first as? Transformer)?.config
        let saved = try config?.optionalObject("sentence_transformers")
        let isSaved = saved?.contains("activation_fn") ?? false
        let path =
            try isSaved
            ? saved?.optionalString("activation_fn") : config?.optionalString("sbert_ce_default_activation_function")
        if let path, let config, let activation = try ScoreActivation(path: path, in: config.name) { return activation }
        return .standard(labelCount: labelCount)
    }
}
