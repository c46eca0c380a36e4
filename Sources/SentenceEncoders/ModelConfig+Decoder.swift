// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

// What configurations of decoder models say.
extension ModelConfig {
    /// What decoder models share: no biases, and a causal mask unless the file says otherwise.
    func decoder(
        vocabularySize: Int, feedForwardSize: Int, maximumLength: Int, rotaryBase: Double = 10_000
    ) throws -> EncoderSpec {
        let hiddenSize = try dimension("hidden_size", default: 4096)
        let headCount = try dimension("num_attention_heads", default: 32)
        var spec = EncoderSpec(
            vocabularySize: try dimension("vocab_size", default: vocabularySize),
            hiddenSize: hiddenSize,
            layerCount: try layerCount("num_hidden_layers", default: 32),
            headCount: headCount,
            feedForwardSize: try dimension("intermediate_size", default: feedForwardSize),
            activation: try activation("hidden_act", default: "silu"),
            norm: .rootMeanSquare(epsilon: try float("rms_norm_eps", default: 1e-6)),
            normPlacement: .pre)
        spec.embeddings.hasNorm = false
        spec.hasFinalNorm = true
        try setHeads(&spec)
        spec.attention.setBiases(false)
        spec.feedForward.gate = .separate
        (spec.feedForward.hasUpBias, spec.feedForward.hasDownBias) = (false, false)
        spec.maximumLength = try dimension("max_position_embeddings", default: maximumLength)
        if let types = try optionalStrings("layer_types") { try requireOneType(types, forEachOf: spec.layerCount) }
        let isCausal = try isCausal
        let span = AttentionSpan(
            right: isCausal ? 0 : nil,
            rotary: try rotary(
                size: spec.attention.headSize, base: rotaryBase, layer: "full_attention",
                maximumLength: spec.maximumLength ?? maximumLength))
        spec.spans = Array(repeating: span, count: spec.layerCount)
        return spec
    }

    /// The angles in windows: in older files only a base, since `rope_scaling` applies to the other blocks.
    func localRotary(_ spec: EncoderSpec) throws -> RotaryOptions {
        let (size, length) = (spec.attention.headSize, spec.maximumLength ?? .max)
        let newer = ModelConfig(name: name, values: values.filter { $0.key != "rope_scaling" })
        return try newer.rotary(
            size: size, base: 10_000, baseKey: "rope_local_base_freq", layer: "sliding_attention", maximumLength: length
        )
    }

    /// The width of the window, nil if there is no window.
    func window(default value: Int) throws -> Int? {
        isNull("sliding_window") ? nil : try dimension("sliding_window", default: value)
    }

    /// Whether a token sees only the tokens before it.
    ///
    /// Null is refused: the reference then makes masks that depend on the padding.
    var isCausal: Bool {
        get throws {
            guard !isNull("is_causal") else { throw error("is_causal", "expected true or false") }
            return try bool("is_causal", default: true)
        }
    }

    /// Limits a span to `window` tokens including its own or, in both directions, to `window` tokens on each side.
    func setWindow(_ window: Int, _ span: inout AttentionSpan) throws {
        let isCausal = try isCausal
        (span.left, span.right) = isCausal ? (window - 1, 0) : (window, window)
    }

    /// Sets the windows of later layers, if the file asks for them.
    func setLateWindows(_ spec: inout EncoderSpec) throws {
        let window = try bool("use_sliding_window", default: false) ? window(default: 4096) : nil
        let first = try int("max_window_layers", default: 28)
        try setWindows(window, &spec) { $0 >= first }
    }

    /// Sets the windows, if any, of the layers that `layer_types` says, or else of those that `slides` returns.
    func setWindows(_ window: Int?, _ spec: inout EncoderSpec, where slides: (Int) -> Bool) throws {
        guard let full = spec.spans.first else { return }
        var sliding: AttentionSpan?
        if let window {
            var span = full
            try setWindow(window, &span)
            sliding = span
        }
        spec.spans = try spans(spec.layerCount, full: full, sliding: sliding) { window != nil && slides($0) }
    }
}
