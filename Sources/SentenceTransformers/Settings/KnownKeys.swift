// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

/// The keys of a file that this library reads, and those that cannot change a result.
///
/// A key that is neither is refused: the reference passes all of a module's file to its constructor, so a key that means
/// nothing to it is an error there too, and one that does would change results here in silence. `config.json` of a
/// network is another matter, since its reader takes any key; what counts there is refused by the encoders.
struct KnownKeys: Sendable {
    private let read: Set<ExactString>
    private let harmless: Set<ExactString>

    private init(_ read: Set<ExactString>, harmless: Set<ExactString> = []) {
        self.read = read
        self.harmless = harmless
    }

    /// - Throws: ``CheckpointError`` with code `unsupported` that names all keys that are not known.
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
        // How the reference lays out its batches, and where it looks for files.
        harmless: ["unpad_inputs", "cache_dir", "backend"])

    /// An entry of `modules.json`; `kwargs` names arguments of calls that nobody passes.
    static let modulesEntry = KnownKeys(["type", "path"], harmless: ["idx", "name", "kwargs"])

    /// `config_sentence_transformers.json`, with the keys of PyLate's models; what else stands there nobody reads.
    static let modelSettings: Set<ExactString> = [
        "model_type", "prompts", "default_prompt_name", "similarity_fn_name", "truncate_dim", "max_active_dims",
        "activation_fn", "query_prefix", "document_prefix", "query_length", "document_length",
        "attend_to_expansion_tokens", "attend_to_mask_tokens", "query_expansion", "do_query_expansion",
        "skiplist_words", "__version__", "requirements",
    ]

    // The files of modules, by the modules' names.

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
    // In how many parts the reference computes makes no difference.
    static let spladePooling = KnownKeys(
        ["pooling_strategy", "activation_function", "embedding_dimension", "word_embedding_dimension"],
        harmless: ["chunk_size"])
    // Two of the keys are of the training alone.
    static let sparseAutoEncoder = KnownKeys(
        ["input_dim", "hidden_dim", "k", "normalize"], harmless: ["k_aux", "dead_threshold"])
    static let sparseStaticEmbedding = KnownKeys(["frozen", "path"])
    static let logitScore = KnownKeys(["true_token_id", "false_token_id", "module_input_name"])
    static let multiVectorMask = KnownKeys(["skiplist_words", "skiplist_tasks", "keep_only_token_ids"])
    static let tokenPooling = KnownKeys(["pool_factor", "num_protected_tokens", "normalize_embeddings", "tasks"])
    static let router = KnownKeys(["types", "structure", "parameters"])
    static let routerParameters = KnownKeys(["default_route", "allow_empty_key", "route_mappings"])
}
