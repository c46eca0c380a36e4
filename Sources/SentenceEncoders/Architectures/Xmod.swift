// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

extension EncoderArchitecture {
    /// X-MOD: XLM-R with an adapter for each language; that of the default language is used.
    ///
    /// Pfeiffer et al., *Lifting the Curse of Multilinguality by Pre-training Modular Transformers*, 2022,
    /// <https://arxiv.org/abs/2205.06266>.
    package static let xmod = roberta.variant(
        modelTypes: ["xmod"], prefixes: ["", "roberta."],
        weights: [
            .adapterNorm: "encoder.layer.{layer}.output.adapter_layer_norm",
            .adapterUp: "encoder.layer.{layer}.output.adapter_modules.{default_language}.dense1",
            .adapterDown: "encoder.layer.{layer}.output.adapter_modules.{default_language}.dense2",
            .finalNorm: "encoder.LayerNorm",
        ],
        unused: ["output.adapter_modules."],
        defaults: ["vocab_size": 30522]
    ) { spec, config in
        let languages = try config.strings("languages", default: ["en_XX"])
        guard languages.contains(try config.string("default_language")) else {
            throw config.error("default_language", "expected one of \(languages.joined(separator: ", "))")
        }
        let isPre = try config.bool("pre_norm", default: false)
        (spec.normPlacement, spec.hasFinalNorm) = isPre ? (.pre, true) : (.post, false)
        let factor = try config.dimension("adapter_reduction_factor", default: 2, in: 1...spec.hiddenSize)
        let reusesNorm = try config.bool("adapter_reuse_layer_norm", default: true)
        spec.adapter = AdapterOptions(
            size: spec.hiddenSize / factor,
            norm: try config.bool("adapter_layer_norm", default: false) ? .own : reusesNorm ? .feedForward : .none,
            addsNormalized: try config.bool("ln_before_adapter", default: true))
    }
}
