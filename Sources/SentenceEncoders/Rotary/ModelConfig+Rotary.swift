// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

// What configurations say about rotary positions.
extension ModelConfig {
    /// The rotary angles for heads of `size`, in a model for texts of up to `maximumLength` tokens.
    ///
    /// `layer` is the kind of layer that the angles are for, if kinds can have angles of their own. If `turnsParts` is
    /// false, the reference rotates whole heads with plain angles, whatever the file says.
    func rotary(
        size: Int, base: Double, baseKey: String = "rope_theta", layer: String? = nil, maximumLength: Int,
        turnsParts: Bool = false
    ) throws -> RotaryOptions {
        let parameters = try rotaryParameters(layer)
        let base = try parameters?.optionalPositive("rope_theta") ?? optionalPositive(baseKey) ?? base
        let part =
            try parameters?.optionalPositive("partial_rotary_factor") ?? optionalPositive("partial_rotary_factor") ?? 1
        guard try turnsParts || part == 1 || parameters.map({ try $0.rotaryType != "default" }) ?? false else {
            throw (parameters ?? self)
                .error("partial_rotary_factor", "expected 1, since models of this type turn whole heads")
        }
        let pretrained = try optionalInt("original_max_position_embeddings")
        return try parameters?.scaledRotary(size, base, part, maximumLength, pretrained)
            ?? turning(part, of: size, base)
    }

    /// The object that describes the rotation.
    ///
    /// The older key takes precedence if it says anything; the newer key's object for the kind of layer then fills in
    /// what is missing.
    private func rotaryParameters(_ layer: String?) throws -> ModelConfig? {
        let old = try optionalObject("rope_scaling").flatMap { $0.values.isEmpty ? nil : $0 }
        let new = try optionalObject("rope_parameters")
        guard let layer, let nested = try new?.optionalObject(layer) else { return old ?? new }
        return old?.withDefaults(nested.values) ?? nested
    }

    /// Refuses angles that are not given per kind of layer, which the reference ignores.
    func requireRotaryOfLayerTypes() throws {
        let kinds = try optionalObject("rope_parameters")?.keys ?? []
        guard kinds.allSatisfy({ $0 == "full_attention" || $0 == "sliding_attention" }) else {
            throw error("rope_parameters", #"expected objects for "full_attention" and "sliding_attention""#)
        }
    }

    /// How this object modifies plain angles.
    private var rotaryType: String {
        get throws {
            let key = contains("rope_type") ? "rope_type" : "type"
            try require(key, in: "default", "linear", "dynamic", "yarn", "longrope", "llama3", "proportional")
            return try string(key, default: "default")
        }
    }

    /// Plain angles for the first `part` of each head.
    private func turning(_ part: Double, of size: Int, _ base: Double) throws -> RotaryOptions {
        let turning = Int(Double(size) * min(part, 2))
        guard turning > 0, turning <= size, turning.isMultiple(of: 2) else {
            throw error("partial_rotary_factor", "expected an even part of heads of \(size)")
        }
        return RotaryOptions(size: turning, base: base)
    }

    /// The angles after the changes that this object, the value of `rope_parameters`, describes.
    private func scaledRotary(
        _ headSize: Int, _ base: Double, _ part: Double, _ maximumLength: Int, _ pretrained: Int?
    ) throws -> RotaryOptions {
        let type = try rotaryType
        guard type != "proportional" else { return try proportionalRotary(headSize, base, part) }
        var rotary = try turning(part, of: headSize, base)
        switch type {
        case "linear": rotary.scaling = .linear(factor: try positive("factor"))
        case "dynamic":
            guard rotary.size > 2 else {
                throw error("rope_type", "expected heads in which more than two numbers turn")
            }
            rotary.scaling = .dynamic(factor: try positive("factor"), maximumLength: maximumLength)
        case "yarn", "longrope", "llama3":
            let originalLength = try originalLength(pretrained, maximumLength)
            switch type {
            case "yarn": try setRamp(&rotary, maximumLength, originalLength)
            case "longrope": try setDivisors(&rotary, maximumLength, originalLength)
            default: try setWavelengths(&rotary, originalLength)
            }
        default: break
        }
        return rotary
    }

    /// The length that a model was first trained on: from the outer object, or else this one, or else the maximum.
    private func originalLength(_ pretrained: Int?, _ maximumLength: Int) throws -> Int {
        let key = "original_max_position_embeddings"
        let length = try pretrained ?? optionalInt(key) ?? maximumLength
        guard (2...1 << 28).contains(length) else { throw error(key, "expected an integer from 2 to \(1 << 28)") }
        return length
    }

    private func proportionalRotary(_ size: Int, _ base: Double, _ part: Double) throws -> RotaryOptions {
        guard size.isMultiple(of: 2) else { throw error("rope_type", "expected heads of an even size") }
        guard part <= 1 else { throw error("partial_rotary_factor", "expected a part of one") }
        let pairs = Int(part * Double(size) / 2)
        let factor = try optionalPositive("factor") ?? 1
        return RotaryOptions(size: size, base: base, scaling: .proportional(pairs: pairs, factor: factor))
    }

    /// YaRN: pairs that rotate often within the original length are kept, those that rotate rarely are divided.
    private func setRamp(_ rotary: inout RotaryOptions, _ maximumLength: Int, _ originalLength: Int) throws {
        let factor = try factor(maximumLength, originalLength)
        guard rotary.base > 1 else { throw error("rope_theta", "expected more than 1 with yarn") }
        /// The pair that rotates `count` times within the original length.
        func pair(turning count: Double) -> Double {
            Double(rotary.size) * log(Double(originalLength) / (count * 2 * .pi)) / (2 * log(rotary.base))
        }
        var low = pair(turning: try optionalPositive("beta_fast") ?? 32)
        var high = pair(turning: try optionalPositive("beta_slow") ?? 1)
        if try optionalBool("truncate") ?? true { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        rotary.scaling = .ramp(factor: factor, low: max(low, 0), high: min(high, Double(rotary.size - 1)))
        rotary.magnitude = try magnitude {
            func scale(_ weight: Double) -> Double { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
            let weights = (try optionalDouble("mscale") ?? 0, try optionalDouble("mscale_all_dim") ?? 0)
            return weights.0 != 0 && weights.1 != 0 ? scale(weights.0) / scale(weights.1) : scale(1)
        }
    }

    /// LongRoPE: a divisor for every pair.
    private func setDivisors(_ rotary: inout RotaryOptions, _ maximumLength: Int, _ originalLength: Int) throws {
        let factor = try factor(maximumLength, originalLength)
        rotary.scaling = .perPair(
            short: try divisors("short_factor", rotary.size / 2), long: try divisors("long_factor", rotary.size / 2),
            originalLength: originalLength)
        rotary.magnitude = try magnitude {
            factor <= 1 ? 1 : (1 + log(factor) / log(Double(originalLength))).squareRoot()
        }
    }

    private func setWavelengths(_ rotary: inout RotaryOptions, _ originalLength: Int) throws {
        let (low, high) = (try positive("low_freq_factor"), try positive("high_freq_factor"))
        guard high > low else { throw error("high_freq_factor", "expected more than low_freq_factor, \(low)") }
        rotary.scaling = .byWavelength(
            factor: try positive("factor"), low: low, high: high, originalLength: originalLength)
    }

    /// How many times longer texts can be than in the first training.
    private func factor(_ maximumLength: Int, _ originalLength: Int) throws -> Double {
        try optionalPositive("factor") ?? Double(maximumLength) / Double(originalLength)
    }

    /// The factor on cosines and sines; `inferred` if it is not given.
    private func magnitude(_ inferred: () throws -> Double) throws -> Float {
        let magnitude = try Float(optionalDouble("attention_factor") ?? inferred())
        guard magnitude.isFinite else { throw error("attention_factor", "expected a finite number") }
        return magnitude
    }

    private func divisors(_ key: String, _ count: Int) throws -> [Float] {
        let divisors = try doubles(key).map(Float.init)
        guard divisors.count == count, divisors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw error(key, "expected \(count) positive numbers")
        }
        return divisors
    }

    /// A positive number.
    private func positive(_ key: String) throws -> Double {
        let value = try double(key)
        guard value > 0, value.isFinite else { throw error(key, "expected a positive number") }
        return value
    }

    /// A positive number; nil if the key is missing or null.
    private func optionalPositive(_ key: String) throws -> Double? {
        try optionalDouble(key) == nil ? nil : positive(key)
    }
}
