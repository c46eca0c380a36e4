// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceCheckpoints

/// The keyword arguments in `sentence_bert_config.json` that the reference passes on when it loads the tokenizer,
/// configuration and weights.
struct LoadingArguments: Sendable {
    /// Settings that take precedence over `tokenizer_config.json`.
    let tokenizer: JSONObject
    /// Settings that take precedence over `config.json`.
    private let config: JSONObject

    /// Arguments about where files are found and what code may run, which do not matter for a local folder.
    private static let harmless: Set<ExactString> = [
        "trust_remote_code", "revision", "token", "use_auth_token", "cache_dir", "local_files_only", "subfolder",
        "force_download", "resume_download", "proxies", "code_revision",
    ]

    /// Arguments that change how the weights are stored or found, but not what is computed.
    private static let harmlessForWeights: Set<ExactString> = [
        "attn_implementation", "low_cpu_mem_usage", "device_map", "device", "use_safetensors", "weights_only",
        "add_pooling_layer", "max_memory", "offload_folder", "offload_state_dict", "provider", "provider_options",
        "session_options", "export", "reference_compile", "use_cache", "unpad_inputs", "use_memory_efficient_attention",
    ]

    init(_ settings: ModelConfig) throws {
        tokenizer = try Self.arguments("tokenizer_args", "processor_kwargs", settings).filter { $0.key != "use_fast" }
        config = try Self.arguments("config_args", "config_kwargs", settings)
            .filter { $0.key != "attn_implementation" && $0.key != "return_unused_kwargs" }
        for case ("torch_dtype", let type) in config { Self.warn(ofType: type, settings) }
        for case ("dtype", let type) in config { Self.warn(ofType: type, settings) }
        for (key, value) in try Self.arguments("model_args", "model_kwargs", settings) {
            try Self.check(weightsArgument: key, value, settings)
        }
    }

    /// The members of an argument, under its older name if present, else under its newer one.
    private static func arguments(_ old: String, _ new: String, _ settings: ModelConfig) throws -> JSONObject {
        let arguments = try settings.optionalObject(old) ?? settings.optionalObject(new)
        return (arguments?.values ?? [:]).filter { !harmless.contains($0.key) }
    }

    private static func check(weightsArgument key: ExactString, _ value: JSONValue, _ settings: ModelConfig) throws {
        switch (key, value) {
        case _ where harmlessForWeights.contains(key): return
        case ("torch_dtype", let type), ("dtype", let type): warn(ofType: type, settings)
        default:
            throw settings.error(
                settings.contains("model_args") ? "model_args" : "model_kwargs",
                "its \(key.string.quoted) is not supported by this version; remove it if it is not needed")
        }
    }

    private static func warn(ofType type: JSONValue, _ settings: ModelConfig) {
        if [.null, "float32", "torch.float32"].contains(type) { return }
        Warnings.add(
            "\(settings.name): the author loads the weights as \(type.summary); they are computed with in the "
                + "precision that was asked for here, so that results differ by the rounding of that type")
    }

    /// The configuration with the settings that take precedence over it.
    func completing(_ other: ModelConfig) -> ModelConfig {
        config.isEmpty ? other : ModelConfig(name: other.name, values: other.values.merging(config) { $1 })
    }
}
