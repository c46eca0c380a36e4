// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `adapter_config.json` in PEFT's layout.
struct AdapterConfig {
    static let file = "adapter_config.json"

    let options: LoRAOptions
    /// The name or the folder of the model that the adapter changes.
    let base: String?
    /// The commit of that model, if it is known.
    let baseRevision: String?
    private let alphas: [(pattern: Regex<AnyRegexOutput>, alpha: Double)]
    /// The file as it was read or is going to be written.
    private let values: JSONObject

    /// Reads the file of a folder.
    ///
    /// - Throws: ``CheckpointError`` for another kind of adapter, or a key that changes results and is not known.
    init(folder: ModuleFolder) throws {
        let config = try folder.config(Self.file)
        let kind = try config.optionalString("peft_type")?.uppercased() ?? "LORA"
        guard kind == "LORA" else {
            throw config.error("peft_type", "LORA is supported; merge others in Python (merge_and_unload)")
        }
        try Self.refuseOthers(config)
        var options = LoRAOptions()
        options.rank = try config.int("r", default: options.rank)
        options.alpha = try config.double("lora_alpha", default: options.alpha)
        options.dropout = try config.double("lora_dropout", default: options.dropout)
        options.isRankStabilized = try config.bool("use_rslora", default: false)
        options.modulesToSave = try config.optionalStrings("modules_to_save") ?? []
        options.targets =
            switch config.values["target_modules"] {
            case .string("all-linear")?: .allLinear
            case .string(let pattern)?: .pattern(pattern)
            case nil, .null?: .standard
            default: .modules(try config.strings("target_modules"))
            }
        try options.check()
        self.options = options
        base = try config.optionalString("base_model_name_or_path")
        baseRevision = try config.optionalString("revision")
        let patterns = try config.optionalObject("alpha_pattern")
        alphas = try (patterns?.keys ?? []).map { key in
            guard let pattern = try? Regex("(.*\\.)?(\(key))") else {
                throw config.error("alpha_pattern", "\(key.quoted) is no regular expression")
            }
            return (pattern, try patterns?.double(key) ?? options.alpha)
        }
        values = config.values
    }

    /// The file of a new adapter.
    ///
    /// - Parameters:
    ///   - options: The adapter's options.
    ///   - modules: The names of the layers that have a pair, unless the options list them.
    ///   - base: The name or folder of the model.
    ///   - baseRevision: Its commit, if it is known.
    init(_ options: LoRAOptions, modules: [String], base: String, baseRevision: String?) {
        self.options = options
        self.base = base
        self.baseRevision = baseRevision
        alphas = []
        let targets: JSONValue =
            switch options.targets {
            case .pattern(let pattern): .string(pattern)
            case .modules(let names): .array(names.map { .string($0) })
            case .standard, .allLinear: .array(modules.map { .string($0) })
            }
        values = [
            "peft_type": "LORA", "base_model_name_or_path": .string(base),
            "revision": baseRevision.map { .string($0) } ?? .null, "task_type": .null, "inference_mode": false,
            "r": .int(options.rank), "lora_alpha": .double(options.alpha), "lora_dropout": .double(options.dropout),
            "target_modules": targets, "bias": "none", "fan_in_fan_out": false, "use_dora": false,
            "use_rslora": .bool(options.isRankStabilized), "init_lora_weights": true, "rank_pattern": [:],
            "alpha_pattern": [:],
            "modules_to_save": options.modulesToSave.isEmpty
                ? .null : .array(options.modulesToSave.map { .string($0) }),
        ]
    }

    /// The file as text.
    var json: JSONValue { .object(values) }

    /// What the product of a layer's pair is multiplied with.
    func scale(of module: String, rank: Int) -> Float {
        let alpha = alphas.first { module.wholeMatch(of: $0.pattern) != nil }?.alpha ?? options.alpha
        return options.scale(rank: rank, alpha: alpha)
    }

    // What PEFT knows beside plain pairs.

    /// Keys that say what the adapter is for, or what its pairs began with.
    private static let harmless: Set<ExactString> = [
        "auto_mapping", "inference_mode", "task_type", "peft_version", "corda_config", "eva_config", "lora_ga_config",
        "loftq_config", "megatron_core", "qalora_group_size", "exclude_modules", "layers_pattern",
        "layers_to_transform", "runtime_config", "rank_pattern", "ensure_weight_tying",
    ]
    private static let read: Set<ExactString> = [
        "peft_type", "base_model_name_or_path", "revision", "r", "lora_alpha", "lora_dropout", "target_modules",
        "use_rslora", "modules_to_save", "alpha_pattern", "bias", "init_lora_weights",
    ]

    /// Refuses everything that makes the adapter more than plain pairs.
    private static func refuseOthers(_ config: ModelConfig) throws {
        try config.require("bias", in: "none", nil)
        // The others change the weights of the base.
        try config.require("init_lora_weights", in: true, false, "gaussian", "eva", "orthogonal", "loftq", nil)
        for key in config.keys where !read.contains(ExactString(key)) && !harmless.contains(ExactString(key)) {
            switch config.values[key] {
            case nil, .null?, false?, .object([:])?, .array([])?: continue
            default:
                throw config.error(
                    key,
                    "null or false; this version applies plain LoRA pairs only: merge the adapter in Python "
                        + "(merge_and_unload)")
            }
        }
    }
}

/// `@unchecked Sendable`: regular expressions do not change once they are made; their type does not say so.
extension AdapterConfig: @unchecked Sendable {}
