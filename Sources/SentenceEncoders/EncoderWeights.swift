// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceTensors

/// The tensors of a checkpoint by the slots that they fill, checked against a spec.
struct EncoderWeights {
    private let parameters: [Key: (weight: Parameter, bias: Parameter?)]
    /// Every parameter by its name in the checkpoint.
    let named: [(name: String, parameter: Parameter)]
    private let checkpoint: Checkpoint

    private struct Key: Hashable {
        let slot: EncoderSlot
        let layer: Int?
    }

    /// Finds every tensor that the spec asks for.
    ///
    /// - Throws: ``CheckpointError`` that lists all tensors that are missing, have no place in the spec though they
    ///   bear an encoder's name, or have another shape.
    init(_ spec: EncoderSpec, _ architecture: EncoderArchitecture, in checkpoint: Checkpoint) throws {
        self.checkpoint = checkpoint
        let prefix = architecture.prefix(in: checkpoint)
        var report = WeightReport(file: checkpoint.name)
        var claimed: Set<String> = []
        var parameters: [Key: (Parameter, Parameter?)] = [:]
        var named: [(String, Parameter)] = []

        func find(_ base: String, _ kind: TensorKind, _ shape: [Int]) throws -> Parameter? {
            let candidates = kind.suffixes.map { prefix + base + $0 }
            guard let name = candidates.first(where: checkpoint.contains), let entry = checkpoint.entry(named: name)
            else {
                report.addMissing(candidates[0])
                return nil
            }
            claimed.insert(name)
            guard entry.shape == shape else {
                report.addWrongShape(name, found: entry.shape, expected: shape)
                return nil
            }
            guard entry.elementType.isFloatingPoint else {
                report.addWrongElementType(name, found: entry.elementType, expected: .float32)
                return nil
            }
            let parameter = Parameter(try checkpoint.tensor(named: name))
            named.append((name, parameter))
            return parameter
        }

        for parameter in spec.parameters {
            guard let source = architecture.weights[parameter.slot] else {
                preconditionFailure("the architecture does not name \(parameter.slot)")
            }
            let base = source.name(layer: parameter.layer)
            let weight = try find(base, .weight, parameter.weight)
            let bias = try parameter.bias.flatMap { try find(base, .bias, $0) }
            if let weight { parameters[Key(slot: parameter.slot, layer: parameter.layer)] = (weight, bias) }
        }
        for name in checkpoint.names
        where !claimed.contains(name) && architecture.owns(name, prefix: prefix) { report.addUnexpected(name) }
        try report.throwIfNotEmpty()
        self.parameters = parameters
        self.named = named
    }

    /// The endings of a tensor's name: today's, and the one of checkpoints converted from TensorFlow.
    private enum TensorKind {
        case weight, bias

        var suffixes: [String] {
            switch self {
            case .weight: [".weight", ".gamma"]
            case .bias: [".bias", ".beta"]
            }
        }
    }

    private subscript(slot: EncoderSlot, layer: Int?) -> (weight: Parameter, bias: Parameter?) {
        guard let found = parameters[Key(slot: slot, layer: layer)] else {
            preconditionFailure("the spec has no \(slot) in layer \(layer.map(String.init) ?? "none")")
        }
        return found
    }

    func embedding(_ slot: EncoderSlot) -> EmbeddingTable { EmbeddingTable(self[slot, nil].weight) }

    func norm(_ slot: EncoderSlot, layer: Int? = nil, epsilon: Float) -> LayerNorm {
        let (weight, bias) = self[slot, layer]
        return LayerNorm(weight: weight, bias: bias, epsilon: epsilon)
    }

    /// One layer of the given slots' matrices, packed, and prepared for the result of `norm` if it reads one's.
    func linear(_ slots: EncoderSlot..., layer: Int, after norm: LayerNorm? = nil) -> LinearLayer {
        let found = slots.map { self[$0, layer] }
        return LinearLayer(
            weights: found.map(\.weight), biases: found.compactMap(\.bias), inputRange: norm?.outputRange)
    }

    /// Gives back the memory of the mapped matrices, which are not read any more once they are packed.
    func discardPackedPages(_ spec: EncoderSpec) {
        for (name, parameter) in named where parameter.tensor.shape.count == 2 && !name.contains("embeddings") {
            checkpoint.discardPages(ofTensorNamed: name)
        }
    }
}

extension EncoderArchitecture {
    /// The prefix under which the checkpoint has the token embedding, or the usual one.
    fileprivate func prefix(in checkpoint: Checkpoint) -> String {
        let base = weights[.tokenEmbedding]?.name(layer: nil) ?? ""
        return prefixes.first { checkpoint.contains($0 + base + ".weight") } ?? prefixes.first ?? ""
    }

    /// Whether a tensor bears a name of the encoder itself, not of a head.
    fileprivate func owns(_ name: String, prefix: String) -> Bool {
        guard name.hasPrefix(prefix) else { return false }
        let name = name.dropFirst(prefix.count)
        return !buffers.contains(String(name)) && weights.values.contains { name.hasPrefix($0.ownedPrefix) }
    }
}
