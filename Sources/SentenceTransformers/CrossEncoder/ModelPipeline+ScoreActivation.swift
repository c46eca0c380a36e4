// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints

extension ModelPipeline {
    /// The activation named by the model's files, which are searched in the reference's order.
    ///
    /// A path outside PyTorch is ignored. Of the two keys in `config.json`, the older one is read only if the newer one
    /// is missing.
    func scoreActivation(labelCount: Int) throws -> ScoreActivation {
        if let path = settings.activationPath,
            let activation = try ScoreActivation(path: path, in: ModelSettings.fileName)
        {
            return activation
        }
        let config = (modules.first as? Transformer)?.config
        let saved = try config?.optionalObject("sentence_transformers")
        let isSaved = saved?.contains("activation_fn") ?? false
        let path =
            try isSaved
            ? saved?.optionalString("activation_fn") : config?.optionalString("sbert_ce_default_activation_function")
        if let path, let config, let activation = try ScoreActivation(path: path, in: config.name) { return activation }
        return .standard(labelCount: labelCount)
    }
}
