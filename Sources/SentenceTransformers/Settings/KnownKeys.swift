// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

/// The keys of a file that this library reads, and those that it ignores because they cannot change a result.
///
/// Any other key is refused. The reference passes every key of a module's file to the constructor, so a key that it
/// does not know is an error there too, and ignoring one that it does know could silently change results. The
/// `config.json` of a network is not checked here, since it may hold any key; the encoders refuse unsupported values.
struct KnownKeys: Sendable {
    private let read: Set<ExactString>
    private let harmless: Set<ExactString>

    private init(_ read: Set<ExactString>, harmless: Set<ExactString> = []) {
        self.read = read
        self.harmless = harmless
    }

    /// - Throws: ``CheckpointError`` with code `unsupported` that lists all unknown keys.
    func check(_ config: ModelConfig) throws {
        let unknown = config.keys.filter { !read.contains($0) && !harmless.contains($0) }
        guard !unknown.isEmpty else { return }
        throw CheckpointError(
            .unsupported, file: config.name,
            "\(unknown.map(\.quoted).joined(separator: ", ")) \(unknown.count == 1 ? "is" : "are") not known to this "
                + "version, and could change results; remove what is not needed")
    }

    /// `sentence_bert_config.json`.
    static let transformer = KnownKeys(
        [
            "max_seq_length", "do_lower_case", "transformer_task", "modality_config", "module_output_name",
            "processing_kwargs", "query_length", "document_length", "query_expansion", "model_args", "model_kwargs",
            "tokenizer_args", "processor_kwargs", "config_args", "config_kwargs",
        ],
        // These concern the layout of the reference's batches and the location of its files.
        harmless: ["unpad_inputs", "cache_dir", "backend"])

    /// An entry of `modules.json`; `kwargs` names arguments of calls, which are never passed here.
    static let modulesEntry = KnownKeys(["type", "path"], harmless: ["idx", "name", "kwargs"])

    /// `config_sentence_transformers.json`, including the keys of PyLate's models; the reference ignores any others.
    static let modelSettings: Set<ExactString> = [
        "model_type", "prompts", "default_prompt_name", "similarity_fn_name", "truncate_dim", "max_active_dims",
        "activation_fn", "labels", "query_prefix", "document_prefix", "query_length", "document_length",
        "attend_to_expansion_tokens", "attend_to_mask_tokens", "query_expansion", "do_query_expansion",
        "skiplist_words", "__version__", "requirements",
    ]

    // The configuration files of the modules.

    static let pooling = KnownKeys([
        "embedding_dimension", "word_embedding_dimension", "pooling_mode", "include_prompt", "pooling_mode_cls_token",
        "pooling_mode_max_tokens", "pooling_mode_mean_tokens", "pooling_mode_mean_sqrt_len_tokens",
        "pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken",
    ])
    static let dense = KnownKeys([
        "in_features", "out_features", "bias", "activation_function", "module_input_name", "module_output_name",
        "use_residual",
    ])
    static let normalize = KnownKeys(["module_input_name", "module_output_name"])
    static let layerNorm = KnownKeys(["dimension"])
    static let dropout = KnownKeys(["dropout"])
    static let cnn = KnownKeys([
        "in_embedding_dimension", "in_word_embedding_dimension", "out_channels", "kernel_sizes", "stride_sizes",
    ])
    static let lstm = KnownKeys([
        "embedding_dimension", "word_embedding_dimension", "hidden_dim", "num_layers", "dropout", "bidirectional",
    ])
    static let weightedLayerPooling = KnownKeys([
        "embedding_dimension", "word_embedding_dimension", "num_hidden_layers", "layer_start",
    ])
    static let wordWeights = KnownKeys(["vocab", "word_weights", "unknown_word_weight"])
    static let bagOfWords = KnownKeys(["vocab", "word_weights", "unknown_word_weight", "cumulative_term_frequency"])
    static let wordEmbeddings = KnownKeys(["tokenizer_class", "update_embeddings", "max_seq_length"])
    static let whitespaceTokenizer = KnownKeys(["vocab", "stop_words", "do_lower_case"])
    // The size of the parts in which the reference computes does not change the result.
    static let spladePooling = KnownKeys(
        ["pooling_strategy", "activation_function", "embedding_dimension", "word_embedding_dimension"],
        harmless: ["chunk_size"])
    // Two of the keys are used only in training.
    static let sparseAutoEncoder = KnownKeys(
        ["input_dim", "hidden_dim", "k", "normalize"], harmless: ["k_aux", "dead_threshold"])
    static let sparseStaticEmbedding = KnownKeys(["frozen", "path"])
    static let logitScore = KnownKeys(["true_token_id", "false_token_id", "module_input_name"])
    static let multiVectorMask = KnownKeys(["skiplist_words", "skiplist_tasks", "keep_only_token_ids"])
    static let tokenPooling = KnownKeys(["pool_factor", "num_protected_tokens", "normalize_embeddings", "tasks"])
    static let router = KnownKeys(["types", "structure", "parameters"])
    static let routerParameters = KnownKeys(["default_route", "allow_empty_key", "route_mappings"])
}
