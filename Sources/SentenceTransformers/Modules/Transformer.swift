// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints
package import SentenceEncoders
import SentenceFiles
package import SentenceTensors
package import SentenceTokenizers

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A transformer with its tokenizer, loaded from a Hugging Face folder.
package struct Transformer: SubwordInput {
    package static let className = "Transformer"
    package static let typeName = "sentence_transformers.base.modules.transformer.Transformer"

    /// The network.
    package private(set) var encoder: Encoder
    /// Tokenises the texts.
    let reader: TransformerReader
    /// The configuration in `config.json`.
    package private(set) var config: ModelConfig
    /// The text of the same file, which is saved unchanged: `2.0` and `2` are equal here, but differ in the reference.
    private var configText: String
    private var head: TransformerHead
    private let moduleConfig: ModelConfig
    /// The tokenizer of the files, without the lowercasing of `do_lower_case`.
    let storedTokenizer: Tokenizer
    let checkpoint: Checkpoint
    /// The folder with the network, which is another than the model's if that holds only an adapter.
    let source: ModuleFolder
    /// What is added to some layers, if anything is.
    private(set) var adapter: TransformerAdapter?
    /// Whether the hidden states of all layers are kept for a later module.
    private let keepsLayerStates: Bool

    package init(folder: ModuleFolder) throws {
        try self.init(folder: folder, task: nil)
    }

    /// Loads a folder for the given task; if nil, for the task named in its files.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - task: The task, which determines the head.
    ///   - isPlain: Whether the folder is a plain Hugging Face folder, whose files do not describe modules.
    ///   - defaults: Settings in other files of the model.
    /// - Throws: ``CheckpointError``, ``TokenizerError`` or ``SentenceTransformersError``.
    init(
        folder: ModuleFolder, task: TransformerTask?, isPlain: Bool = false, defaults: ModuleDefaults = .init()
    ) throws {
        source = try folder.base
        configText = try source.text("config.json")
        let text = try TransformerText(folder: folder, isPlain: isPlain, defaults: defaults)
        config = text.config
        let moduleConfig = text.settings
        let task = try task ?? moduleConfig.choice("transformer_task", default: .featureExtraction)
        storedTokenizer = text.storedTokenizer
        checkpoint = try Checkpoint(directory: source.url)
        let encoder = try Encoder(config: config, checkpoint: checkpoint)
        head = try TransformerHead(task, config: config, encoder: encoder, checkpoint: checkpoint)
        self.encoder = head.sharing(encoder)
        keepsLayerStates = try config.bool("output_hidden_states", default: false)
        reader = try TransformerReader(text, encoder.spec, isPlain: isPlain)
        self.moduleConfig = task.configured(moduleConfig, reader.chat)
        if folder.holdsAdapter { try loadAdapter(folder) }
    }

    package func save(to folder: URL) throws {
        try JSONValue.object(moduleConfig.values).write(to: folder.appending(path: TransformerText.settingsFiles[0]))
        try storedTokenizer.save(to: folder)
        if let adapter {
            let whole = parameters.filter { adapter.whole.contains(ExactString($0.name)) }
            return try adapter.save(whole, adapterNames, to: folder)
        }
        try AtomicFile.write(configText, to: folder.appending(path: "config.json"))
        // Tensors that are not used here, such as other heads, still belong to the model.
        try saveParameters(unusedTensors(), to: folder)
    }

    package mutating func setWeightType(_ type: WeightType) throws {
        // Older versions of the reference wrote, and newer ones still read, torch_dtype.
        let key = config.contains("torch_dtype") && !config.contains("dtype") ? "torch_dtype" : "dtype"
        let patched = try JSONPatch.set([(key, "\"\(type.rawValue)\"")], in: Data(configText.utf8))
        configText = String(decoding: patched, as: UTF8.self)
    }

    /// The configuration for a vocabulary with other ids.
    ///
    /// - Parameter ids: For each new id the old one.
    /// - Returns: The content of `config.json`.
    /// - Throws: ``CheckpointError`` if positions count from the id of padding, and that changes.
    func renumberedConfig(_ ids: [Int32]) throws -> JSONValue {
        let new = Dictionary(uniqueKeysWithValues: ids.enumerated().map { (Int($1), $0) })
        var values = config.values
        values["vocab_size"] = .int(ids.count)
        for (key, value) in config.values where key.string.hasSuffix("_token_id") || key.string == "pad_token_id" {
            if let id = value.asInt { values[key] = new[id].map { .int($0) } ?? .null }
            if let list = value.asArray {
                values[key] = .array(list.compactMap { $0.asInt.flatMap { new[$0] } }.map { .int($0) })
            }
        }
        if encoder.spec.embeddings.positions?.skippedToken != nil,
            values["pad_token_id"] != config.values["pad_token_id"]
        {
            throw config.error("pad_token_id", "positions count from it, and its id would change")
        }
        return .object(values)
    }

    /// The names that the configuration has for so many classes; nil if it has none, or only numbers.
    func labels(count: Int) -> [String]? {
        guard let names = config.values["id2label"]?.asObject, names.count == count else { return nil }
        let found = (0..<count).compactMap { names[ExactString("\($0)")]?.asString }
        let isNamed = found.enumerated().contains { $1 != "LABEL_\($0)" }
        return found.count == count && isNamed ? found : nil
    }

    /// Writes the names of classes into the configuration, where the Python library keeps them.
    mutating func setLabels(_ labels: [String]) throws {
        let names = JSONValue.object(
            Dictionary(uniqueKeysWithValues: labels.enumerated().map { (ExactString("\($0)"), .string($1)) }))
        let numbers = JSONValue.object(
            Dictionary(uniqueKeysWithValues: labels.enumerated().map { (ExactString($1), .int($0)) }))
        let patched = try JSONPatch.set(
            [("id2label", names.serialized(.compact)), ("label2id", numbers.serialized(.compact))],
            in: Data(configText.utf8))
        configText = String(decoding: patched, as: UTF8.self)
        config = ModelConfig(
            name: config.name, values: config.values.merging(["id2label": names, "label2id": numbers]) { $1 })
    }

    /// The tensors of the checkpoint that are not parameters; copies of a parameter get its current value.
    private func unusedTensors() throws -> [String: Tensor] {
        let used = Dictionary(parameters.map { (ExactString($0.name), $0.parameter.tensor) }) { first, _ in first }
        let changed = try used.compactMap { name, value -> (before: Tensor, now: Tensor)? in
            let before = try checkpoint.tensor(named: name.string)
            return before.holdsSameBytes(as: value) || before.isConstant ? nil : (before, value)
        }
        var tensors: [String: Tensor] = [:]
        for name in checkpoint.names where used[ExactString(name)] == nil {
            let tensor = try checkpoint.tensor(named: name)
            tensors[name] = changed.first { $0.before.holdsSameBytes(as: tensor) }?.now ?? tensor
        }
        return tensors
    }

    package var subwordTokenizer: Tokenizer { reader.subwordTokenizer }
    package var maximumSequenceLength: Int? { reader.maximumSequenceLength }

    package func maximumLength(_ requested: Int?, for task: EncodingTask?) -> Int? {
        reader.maximumLength(requested, for: task)
    }

    package func promptLength(_ prompt: String, maximumLength: Int?) throws -> Int {
        try reader.promptLength(prompt, maximumLength: maximumLength)
    }

    package func tokenize(
        _ inputs: [TokenizerInput], prompt: String, maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        try reader.tokenize(inputs, prompt: prompt, maximumLength: maximumLength, task: task)
    }

    package func sizes(after sizes: FeatureSizes) -> FeatureSizes {
        var sizes = head.sizes(hiddenSize: encoder.spec.hiddenSize)
        if keepsLayerStates { sizes.layerStates = (encoder.spec.layerCount + 1, encoder.spec.hiddenSize) }
        return sizes
    }

    package func tokenUse(_ features: inout Features) -> TokenUse {
        hideExpansion(&features)
        return keepsLayerStates || features.call.keepsLayerStates ? .all : head.tokenUse(features)
    }

    /// Whether texts of a call may share what is computed of the tokens that they begin with.
    func sharesPrefixes(_ call: ForwardCall) -> Bool {
        encoder.spec.sharesPrefixes && !keepsLayerStates && !call.keepsLayerStates
            && (call.task != .query || reader.queryExpansion == nil)
    }

    private func hideExpansion(_ features: inout Features) {
        if features.call.task == .query, reader.queryExpansion?.isAttendedTo == false { features.hideExpansion() }
    }

    package func callAsFunction(_ features: inout Features) throws {
        hideExpansion(&features)
        let keepsLayerStates = keepsLayerStates || features.call.keepsLayerStates
        if features.tokensRead != nil || features.prefixes != nil, !keepsLayerStates {
            let states = try encoder.states(
                ids: features.tokens.ids, typeIDs: features.tokens.typeIDs, features.texts, of: features.tokensRead,
                after: features.prefixes)
            features.dropUnreadTokens()
            return head(states, &features)
        }
        let states = try encoder.layerStates(
            ids: features.tokens.ids, typeIDs: features.tokens.typeIDs, features.texts, all: keepsLayerStates)
        if keepsLayerStates { features.layerStates = states }
        head(states[states.count - 1], &features)
    }

    /// A decoder with the encoder's blocks, for training an auto-encoder.
    ///
    /// - Parameters:
    ///   - sharesBlocks: Whether the blocks stay those of this module; otherwise they belong to the decoder.
    ///   - random: Where parameters that the files lack get their values from.
    /// - Returns: The decoder.
    /// - Throws: ``CheckpointError`` if the architecture is not known to have one.
    package func vectorDecoder(sharesBlocks: Bool, _ random: RandomStream) throws -> VectorDecoder {
        try VectorDecoder(
            encoder, config: config, checkpoint: checkpoint, sharesBlocks: sharesBlocks, random: random)
    }

    /// The parameters of the head, by their names in the checkpoint.
    package var headParameters: [NamedParameter] { head.parameters }
    /// About how many bytes training keeps of each token until its gradients are computed.
    var tapeBytesPerToken: Int { encoder.spec.tapeBytesPerToken }

    package var parameters: [NamedParameter] {
        let own = encoder.parameters + head.parameters
        guard let adapter else { return own }
        return own.map { $0.frozen(unless: adapter.whole.contains(ExactString($0.name))) } + adapter.parameters
    }

    package mutating func update(_ values: ParameterValues) {
        encoder.update(values)
        head.update(values)
        encoder = head.sharing(encoder)
        adapter?.update(values)
        if adapter != nil { adapt() }
    }

    /// Takes an adapter instead of the one that it has.
    mutating func setAdapter(_ adapter: TransformerAdapter?) {
        self.adapter = adapter
        adapt()
    }

    private mutating func adapt() {
        let set = adapter?.set ?? AdapterSet()
        encoder.adapt(set)
        head.adapt(set)
    }

    /// What an adapter can change.
    var adapterNames: AdapterNames {
        let hasHead = if case .none = head { false } else { true }
        return AdapterNames(
            encoder: (encoder.parameters, encoder.matrices), head: (head.parameters, head.matrices),
            prefixes: encoder.prefixes, hasHead: hasHead, modelType: config.values["model_type"]?.asString,
            owns: { [encoder] in encoder.owns($0) })
    }
    package var summary: String {
        let spec = encoder.spec
        let modelType = config.values["model_type"]?.asString ?? "encoder"
        return
            "\(modelType), \(spec.layerCount) layers, \(spec.hiddenSize) dimensions, \(spec.attention.headCount) heads"
            + head.summary + (adapter.map { ", LoRA of rank \($0.config.options.rank)" } ?? "")
            + (maximumSequenceLength.map { ", at most \($0) tokens" } ?? "")
    }
}
