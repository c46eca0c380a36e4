// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

/// The tensors of a checkpoint by the slots that they fill, checked against a spec.
struct EncoderWeights: Sendable {
    var spec: EncoderSpec
    private var parameters: [Key: (weight: Parameter, bias: Parameter?)]
    /// Every parameter by its name in the checkpoint.
    private(set) var named: [NamedParameter]
    /// What the names of the checkpoint begin with, before those of the encoder.
    let prefix: String

    private struct Key: Hashable {
        let slot: EncoderSlot
        let layer: Int?
    }

    /// Finds every tensor that the spec requires.
    ///
    /// - Throws: ``CheckpointError`` that lists all tensors that are missing, have another shape, or have an encoder's
    ///   name but no place in the spec.
    init(_ spec: EncoderSpec, _ architecture: EncoderArchitecture, in checkpoint: Checkpoint) throws {
        self.spec = spec
        let prefix = architecture.prefix(in: checkpoint)
        self.prefix = prefix
        var report = WeightReport(file: checkpoint.name)
        var claimed: Set<ExactString> = []
        var parameters: [Key: (Parameter, Parameter?)] = [:]
        var named: [NamedParameter] = []

        func find(_ bases: [String], _ kind: TensorKind, _ shape: [Int]) throws -> Parameter? {
            let candidates = bases.flatMap { base in kind.suffixes.map { prefix + base + $0 } }
            guard let name = candidates.first(where: checkpoint.contains), let entry = checkpoint.entry(named: name)
            else {
                report.addMissing(candidates, in: checkpoint)
                return nil
            }
            claimed.insert(name)
            try architecture.requireOne(name, prefix: prefix, in: checkpoint)
            guard entry.shape == shape else {
                report.addWrongShape(name, found: entry.shape, expected: shape)
                return nil
            }
            guard entry.elementType.isFloatingPoint else {
                report.addWrongElementType(name, found: entry.elementType, expected: .float32)
                return nil
            }
            let parameter = Parameter(try checkpoint.tensor(named: name))
            named.append(NamedParameter(name, parameter))
            return parameter
        }

        for parameter in spec.parameters {
            guard let source = architecture.weights[parameter.slot] else {
                preconditionFailure("the architecture does not name \(parameter.slot)")
            }
            let bases = source.names(layer: parameter.layer)
            let weight = try find(bases, parameter.slot.isWhole ? .whole : .weight, parameter.weight)
            let bias = try parameter.bias.flatMap { try find(bases, .bias, $0) }
            if let weight { parameters[Key(slot: parameter.slot, layer: parameter.layer)] = (weight, bias) }
        }
        for name in checkpoint.names
        where !claimed.contains(name) && architecture.owns(name, prefix: prefix) { report.addUnexpected(name) }
        report.warnOfUnexpected()
        try report.throwIfNotEmpty()
        self.parameters = parameters
        self.named = named
    }

    /// The matrices that layers multiply with, by their names in the checkpoint.
    var matrices: [NamedParameter] {
        var values = ParameterValues()
        for (key, found) in parameters where !key.slot.isTable && found.weight.tensor.shape.count == 2 {
            values[found.weight] = found.weight.tensor
        }
        return named.filter { values[$0.parameter] != nil }
    }

    /// The groups of blocks whose parameters get new values.
    func groupsChanged(by values: ParameterValues) -> Set<Int> {
        Set(
            parameters.lazy.filter { values.change([$1.weight] + [$1.bias].compactMap(\.self)) }.compactMap(\.key.layer)
        )
    }

    /// The suffixes of a tensor's name: the current one, and that of checkpoints converted from TensorFlow.
    private enum TensorKind {
        case weight, bias
        /// For slots whose names are complete.
        case whole

        var suffixes: [String] {
            switch self {
            case .weight: [".weight", ".gamma"]
            case .bias: [".bias", ".beta"]
            case .whole: [""]
            }
        }
    }

    private subscript(slot: EncoderSlot, layer: Int?) -> (weight: Parameter, bias: Parameter?) {
        guard let found = parameters[Key(slot: slot, layer: layer)] else {
            preconditionFailure("the spec has no \(slot) in layer \(layer.map(String.init) ?? "none")")
        }
        return found
    }

    func table(_ slot: EncoderSlot) -> Parameter { self[slot, nil].weight }

    /// A tensor of one layer that is not a matrix.
    func tensor(_ slot: EncoderSlot, layer: Int) -> Parameter { self[slot, layer].weight }

    /// The short convolution of a layer.
    func gatedConvolution(layer: Int) -> GatedConvolution {
        let (weight, bias) = self[.convolution, layer]
        return GatedConvolution(weight: weight, bias: bias)
    }

    func embedding(_ slot: EncoderSlot) -> EmbeddingTable { EmbeddingTable(table(slot)) }

    /// The norm in a slot, nil if the spec has none there.
    func norm(_ slot: EncoderSlot, layer: Int? = nil) -> Normalization? {
        guard let (weight, bias) = parameters[Key(slot: slot, layer: layer)] else { return nil }
        switch spec.norm.kind {
        case .layer: return .layer(LayerNorm(weight: weight, bias: bias, epsilon: spec.norm.epsilon))
        case .rootMeanSquare(let offset):
            return .rootMeanSquare(RMSNorm(weight: weight, offset: offset, epsilon: spec.norm.epsilon))
        }
    }

    /// The norm of attention heads in a slot, nil if the spec has none there.
    func headNorm(_ slot: EncoderSlot, layer: Int) -> RMSNorm? {
        guard let (weight, _) = parameters[Key(slot: slot, layer: layer)] else { return nil }
        guard case .rootMeanSquare(let offset) = spec.norm.kind else {
            preconditionFailure("heads are normalised as everything else is")
        }
        return RMSNorm(weight: weight, offset: offset, epsilon: spec.norm.epsilon)
    }

    /// One layer of the matrices in several slots, packed.
    func linear(_ slots: [EncoderSlot], layer: Int?) -> LinearLayer {
        let found = slots.map { self[$0, layer] }
        return LinearLayer(weights: found.map(\.weight), biases: found.map(\.bias))
    }

    /// A layer of one matrix.
    func linear(_ slot: EncoderSlot, layer: Int?) -> LinearLayer {
        linear([slot], layer: layer)
    }
}

extension EncoderWeights: Trainable {
    mutating func update(_ values: ParameterValues) {
        for key in parameters.keys {
            parameters[key]?.weight.update(values)
            parameters[key]?.bias.update(values)
        }
        named.update(values)
    }
}

extension EncoderArchitecture {
    /// The prefix that the checkpoint's token embedding has, or the usual one.
    fileprivate func prefix(in checkpoint: Checkpoint) -> String {
        let bases = weights[.tokenEmbedding]?.names(layer: nil) ?? []
        return prefixes.first { prefix in bases.contains { checkpoint.contains(prefix + $0 + ".weight") } }
            ?? prefixes.first ?? ""
    }

    /// Refuses a checkpoint with different values for a tensor under two prefixes, since nothing says which to use.
    fileprivate func requireOne(_ name: String, prefix: String, in checkpoint: Checkpoint) throws {
        let base = name.dropFirst(prefix.count)
        let twins = prefixes.lazy.filter { $0 != prefix }.map { $0 + base }
        guard let twin = twins.first(where: checkpoint.contains), checkpoint.entry(named: twin) != nil,
            try !checkpoint.tensor(named: twin).holdsSameBytes(as: checkpoint.tensor(named: name))
        else { return }
        throw CheckpointError(
            .mismatch, file: checkpoint.name,
            "tensor \"\(name)\" stands in the file twice, with other numbers as \"\(twin)\"; remove one")
    }

    /// The spec of a configuration, with query, key and value, and gate and up, fused as they are in the checkpoint.
    package func spec(_ config: ModelConfig, in checkpoint: Checkpoint) throws -> EncoderSpec {
        var result = try spec(config)
        result.dropout = try config.dropoutRates(default: defaultDropout)
        let prefix = prefix(in: checkpoint)
        func has(_ slot: EncoderSlot) -> Bool {
            weights[slot]?.names(layer: 0).contains { checkpoint.contains(prefix + $0 + ".weight") } ?? false
        }
        if result.attention.fusion == .none, has(.queryKeyValue) { result.attention.fusion = .parts }
        if let order = fusedGateOrder, has(.gateUp) { result.feedForward.gate = .fused(gateFirst: order == .gateFirst) }
        return result
    }

    /// Tensors that older versions of the reference saved for rotary positions; they are computed instead of read.
    private static let commonBuffers = ["rotary_emb.inv_freq"]

    /// Whether a tensor belongs to the encoder itself, by its name, and not to a head.
    func owns(_ name: String, prefix: String) -> Bool {
        guard name.hasPrefix(prefix) else { return false }
        let name = name.dropFirst(prefix.count)
        return !Self.commonBuffers.contains { name.hasSuffix($0) } && !buffers.contains { name.hasSuffix($0) }
            && !unused.contains { name.contains($0) }
            && weights.values.contains { $0.ownedPrefixes.contains { name.hasPrefix($0) } }
    }
}
