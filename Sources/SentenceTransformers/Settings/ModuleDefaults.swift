// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTokenizers

/// Settings of modules in the model's own files, used where the modules' folders have none.
struct ModuleDefaults: Sendable {
    /// Settings of the transformer.
    var transformer: JSONObject = [:]
    /// Lists of candidates; the first of each that is in the vocabulary becomes a special token, which is never split.
    var specialTokens: [[String]] = []
    /// The feature that a ``Dense`` transforms.
    var denseInput = FeatureName.sentenceEmbedding

    /// The tokenizer with the special tokens.
    func completing(_ tokenizer: Tokenizer) throws -> Tokenizer {
        try tokenizer.withSpecialTokens(specialTokens.compactMap { $0.first { tokenizer.id(of: $0) != nil } })
    }

    /// A transformer's settings, completed with the defaults.
    func completing(_ config: ModelConfig) -> ModelConfig {
        ModelConfig(name: config.name, values: config.values.merging(transformer) { own, _ in own })
    }
}
