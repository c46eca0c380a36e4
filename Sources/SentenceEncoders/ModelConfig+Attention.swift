// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

// What configurations say about attention.
extension ModelConfig {
    /// The number of blocks.
    func layerCount(_ key: String, default value: Int) throws -> Int {
        try dimension(key, default: value, in: 0...10_000)
    }

    /// The hidden size, which must be a multiple of the number of heads.
    func hiddenSize(
        _ key: String = "hidden_size", default value: Int, headsKey: String = "num_attention_heads", heads: Int
    ) throws -> Int {
        let size = try dimension(key, default: value), heads = try dimension(headsKey, default: heads)
        guard size.isMultiple(of: heads) else { throw error(key, "expected a multiple of \(headsKey), \(heads)") }
        return size
    }

    /// Sets the number and size of query, key and value heads if they are independent of the hidden size.
    func setHeads(_ spec: inout EncoderSpec) throws {
        let headCount = spec.attention.headCount
        let headSize = try optionalInt("head_dim") ?? hiddenSize(default: spec.hiddenSize, heads: headCount) / headCount
        guard headSize > 0 && headSize <= 1 << 16 else { throw error("head_dim", "expected a positive number") }
        let shared = try optionalInt("num_key_value_heads") ?? headCount
        guard shared > 0, headCount.isMultiple(of: shared) else {
            throw error("num_key_value_heads", "expected a divisor of num_attention_heads, \(headCount)")
        }
        spec.attention = AttentionOptions(headCount: headCount, headSize: headSize)
        spec.attention.keyValueHeadCount = shared
    }

    /// A relative bias with buckets of distances.
    func distanceBuckets(_ key: String, maximumDistance: Int) throws -> RelativeBias {
        let count = try dimension(key, default: 32, in: 4...1 << 16)
        guard maximumDistance > count / 4 else { throw error(key, "expected less than 4 × \(maximumDistance)") }
        return .buckets(count: count, maximumDistance: maximumDistance)
    }

    /// The span of every layer: by `layer_types`, or else by `slides`; `sliding` is nil if the model has no window.
    func spans(
        _ count: Int, full: AttentionSpan, sliding: AttentionSpan?, where slides: (Int) -> Bool
    ) throws -> [AttentionSpan] {
        guard let types = try optionalStrings("layer_types") else {
            return (0..<count).map { slides($0) ? sliding ?? full : full }
        }
        try requireOneType(types, forEachOf: count)
        return try types.map { type in
            switch type {
            case "full_attention": return full
            case "sliding_attention":
                guard let sliding else { throw error("layer_types", "expected a window for layers that slide") }
                return sliding
            default: throw error("layer_types", #"supported: "full_attention", "sliding_attention""#)
            }
        }
    }

    /// Refuses a number of types that differs from the number of layers.
    func requireOneType(_ types: [String], forEachOf count: Int) throws {
        guard types.count == count else { throw error("layer_types", "expected one type for each of \(count) layers") }
    }

    /// A token's id.
    func token(_ key: String, default value: Int) throws -> Int {
        try dimension(key, default: value, in: 0...Int(Int32.max - 1))
    }

    /// The configuration with another value for one key.
    func replacing(_ key: String, by value: JSONValue) -> ModelConfig {
        ModelConfig(name: name, values: values.merging([ExactString(key): value]) { $1 })
    }

    /// The configuration with some keys renamed, unless it already has the new name.
    func renaming(_ keys: [String: String]) -> ModelConfig {
        var values = values
        for (old, new) in keys where values[new] == nil { values[new] = values.removeValue(forKey: ExactString(old)) }
        return ModelConfig(name: name, values: values)
    }

    /// The configuration with default values for keys that it lacks.
    func withDefaults(_ defaults: JSONObject) -> ModelConfig {
        ModelConfig(name: name, values: values.merging(defaults) { own, _ in own })
    }
}

extension EncoderSpec {
    /// Sets learned positions, which limit the length of texts.
    mutating func setLearnedPositions(count: Int) {
        embeddings.positions = .init(count: count)
        maximumLength = count
    }

    /// Makes learned positions start after the padding id; padding tokens are not counted.
    mutating func startPositions(after padding: Int, _ config: ModelConfig) throws {
        guard let count = embeddings.positions?.count, count > padding + 1 else {
            throw config.error("max_position_embeddings", "expected more than the padding id \(padding) and one")
        }
        embeddings.positions = .init(count: count, firstID: padding + 1, skippedToken: Int32(padding))
        maximumLength = count - padding - 1
    }
}
