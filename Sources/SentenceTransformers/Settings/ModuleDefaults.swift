// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTokenizers

/// What a model's own files say about its modules, for those whose folders do not.
struct ModuleDefaults: Sendable {
    /// Settings of the transformer.
    var transformer: JSONObject = [:]
    /// Of each list the first text that is a token of the vocabulary, which the tokenizer then finds whole.
    var specialTokens: [[String]] = []
    /// What a ``Dense`` transforms.
    var denseInput = FeatureName.sentenceEmbedding

    /// The tokenizer with the special tokens.
    func completing(_ tokenizer: Tokenizer) throws -> Tokenizer {
        try tokenizer.withSpecialTokens(specialTokens.compactMap { $0.first { tokenizer.id(of: $0) != nil } })
    }

    /// A transformer's settings with what they lack.
    func completing(_ config: ModelConfig) -> ModelConfig {
        ModelConfig(name: config.name, values: config.values.merging(transformer) { own, _ in own })
    }
}
