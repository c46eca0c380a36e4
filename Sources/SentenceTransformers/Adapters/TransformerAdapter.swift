// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceHub
import SentenceTensors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The LoRA adapter of a transformer: a pair of narrow matrices for some of its layers.
struct TransformerAdapter: Sendable {
    let config: AdapterConfig
    private var pairs: [Pair]
    /// The names of the parameters that are trained and saved whole.
    let whole: Set<ExactString>

    private struct Pair: Sendable {
        let layer: AdaptedLayer
        var adapter: LowRankAdapter
    }

    private static let weightsFiles = ["adapter_model.safetensors", "adapter_model.bin"]
    private static let prefix = "base_model.model."

    /// An adapter that changes nothing yet: A is random, B is 0.
    init(_ options: LoRAOptions, for names: AdapterNames, base: URL, random: RandomStream) throws {
        try options.check()
        let targets = options.targets.resolved(modelType: names.modelType)
        var options = options
        options.targets = targets
        let modules = names.layers.map(\.module)
        let chosen = Set(exact: try targets.choose(among: modules) { names.encoderModules.contains(ExactString($0)) })
        pairs = names.layers.filter { chosen.contains(ExactString($0.module)) }.enumerated().map { index, layer in
            let shape = layer.weight.tensor.shape
            // As PyTorch's kaiming_uniform_ with a = √5.
            let down = Tensor.uniform(
                [options.rank, shape[1]], bound: 1 / Float(shape[1]).squareRoot(), random.at(index))
            return Pair(
                layer: layer,
                adapter: LowRankAdapter(
                    down: Parameter(down), up: Parameter(.zeros([shape[0], options.rank])),
                    scale: options.scale(rank: options.rank, alpha: options.alpha), dropout: Float(options.dropout),
                    place: index))
        }
        whole = try names.parameters(of: options.modulesToSave)
        let snapshot = SnapshotName(base)
        config = AdapterConfig(
            options, modules: pairs.map(\.layer.module), base: snapshot?.repository ?? base.standardizedFileURL.path,
            baseRevision: snapshot?.revision)
    }

    /// Reads an adapter.
    ///
    /// - Parameters:
    ///   - folder: The folder with its files.
    ///   - names: The names of what it changes.
    /// - Returns: The adapter, and new values for parameters that it replaces whole.
    /// - Throws: ``CheckpointError`` that lists everything that does not fit the model.
    static func read(
        _ folder: ModuleFolder, for names: AdapterNames
    ) throws -> (adapter: TransformerAdapter, values: ParameterValues) {
        let config = try AdapterConfig(folder: folder)
        guard let file = weightsFiles.first(where: folder.contains) else {
            throw CheckpointError(.notFound, "no \(weightsFiles[0]) in \(folder.url.path), only its configuration")
        }
        let checkpoint = try Checkpoint(file: folder.url.appending(path: file))
        var report = WeightReport(file: checkpoint.name)
        var claimed: Set<ExactString> = []
        var found: [ExactString: String] = [:]
        for name in checkpoint.names { found[ExactString(names.canonical(name.withoutPrefix(prefix)))] = name }

        func tensor(_ name: String, rows: Int?, columns: Int?) throws -> Tensor? {
            guard let stored = found[ExactString(name)] else { return nil }
            claimed.insert(ExactString(stored))
            let tensor = try checkpoint.tensor(named: stored)
            let shape = tensor.shape
            guard shape.count == 2, rows ?? shape[0] == shape[0], columns ?? shape[1] == shape[1], shape[0] > 0,
                shape[1] > 0
            else {
                report.addWrongShape(stored, found: shape, expected: [rows ?? 0, columns ?? 0])
                return nil
            }
            guard tensor.elementType.isFloatingPoint else {
                report.addWrongElementType(stored, found: tensor.elementType, expected: .float32)
                return nil
            }
            return tensor
        }

        var pairs: [Pair] = []
        for layer in names.layers {
            let shape = layer.weight.tensor.shape
            let down = try tensor(layer.canonical + ".lora_A.weight", rows: nil, columns: shape[1])
            let up = try tensor(layer.canonical + ".lora_B.weight", rows: shape[0], columns: down?.shape[0])
            guard let down, let up else {
                if down != nil { report.addMissing(layer.canonical + ".lora_B.weight") }
                continue
            }
            pairs.append(
                Pair(
                    layer: layer,
                    adapter: LowRankAdapter(
                        down: Parameter(down), up: Parameter(up),
                        scale: config.scale(of: layer.module, rank: down.shape[0]),
                        dropout: Float(config.options.dropout), place: pairs.count)))
        }
        let whole = try names.parameters(of: config.options.modulesToSave)
        var values = ParameterValues()
        for parameter in names.all where whole.contains(ExactString(parameter.name)) {
            let name = names.canonical(parameter.name)
            guard let stored = found[ExactString(name)] else { continue }
            claimed.insert(ExactString(stored))
            let tensor = try checkpoint.tensor(named: stored)
            guard tensor.shape == parameter.parameter.tensor.shape else {
                report.addWrongShape(stored, found: tensor.shape, expected: parameter.parameter.tensor.shape)
                continue
            }
            values[parameter.parameter] = tensor
        }
        var unused: [String] = []
        for name in checkpoint.names where !claimed.contains(ExactString(name)) {
            if names.isUnused(name.withoutPrefix(prefix)) { unused.append(name) } else { report.addUnexpected(name) }
        }
        if pairs.isEmpty, whole.isEmpty {
            throw CheckpointError(
                .mismatch, file: checkpoint.name,
                "the adapter changes nothing of this model: it holds "
                    + (checkpoint.names.first.map { "tensors such as \($0.quoted), of another model" } ?? "no tensors"))
        }
        if let first = unused.first {
            Warnings.add(
                "the adapter in \(folder.url.path) also changes what the model's results do not depend on: "
                    + "\(unused.count) tensors such as \(first)")
        }
        try report.throwIfNotEmpty()
        return (TransformerAdapter(config: config, pairs: pairs, whole: whole), values)
    }

    private init(config: AdapterConfig, pairs: [Pair], whole: Set<ExactString>) {
        self.config = config
        self.pairs = pairs
        self.whole = whole
    }

    /// Writes the adapter's files; `others` are the parameters that are saved whole.
    func save(_ others: [NamedParameter], _ names: AdapterNames, to folder: URL) throws {
        let narrow = pairs.flatMap { pair in
            let name = Self.prefix + pair.layer.module
            return [
                (name + ".lora_A.weight", pair.adapter.down.tensor), (name + ".lora_B.weight", pair.adapter.up.tensor),
            ]
        }
        let whole = others.map { (Self.prefix + names.module($0.name), $0.parameter.tensor) }
        try SafetensorsWriter.write(Dictionary(narrow + whole) { $1 }, to: folder.appending(path: Self.weightsFiles[0]))
        try config.json.write(to: folder.appending(path: AdapterConfig.file))
    }

    /// The pairs by the matrices that they change.
    var set: AdapterSet {
        var set = AdapterSet()
        for pair in pairs { set[pair.layer.weight] = pair.adapter }
        return set
    }

    /// The matrices with what the pairs add, for a model without the adapter.
    ///
    /// - Parameter names: The matrices as they are now.
    /// - Returns: New values for the matrices.
    func merged(_ names: AdapterNames) -> ParameterValues {
        let set = set
        var values = ParameterValues()
        for layer in names.layers { values[layer.weight] = set[layer.weight]?.merged(into: layer.weight.tensor) }
        return values
    }
}

extension TransformerAdapter: Trainable {
    /// The narrow matrices, by names that begin with those of their layers.
    var parameters: [NamedParameter] {
        pairs.flatMap { pair in
            [
                NamedParameter(pair.layer.name + ".lora_A.weight", pair.adapter.down),
                NamedParameter(pair.layer.name + ".lora_B.weight", pair.adapter.up),
            ]
        }
    }

    mutating func update(_ values: ParameterValues) {
        for index in pairs.indices { pairs[index].adapter.update(values) }
    }
}
