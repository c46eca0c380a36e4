// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The angles by which positions rotate pairs of numbers in queries and keys.
///
/// Su et al., *RoFormer*, 2021, <https://arxiv.org/abs/2104.09864>.
package struct RotaryOptions: Sendable, Equatable, Hashable {
    /// How many numbers of each head are rotated; even.
    package var size: Int
    /// The base of the frequencies.
    package var base: Double
    /// How the frequencies are changed for longer texts.
    package var scaling: Scaling
    /// A factor on cosines and sines.
    package var magnitude: Float

    /// How frequencies are changed for longer texts than a model was first trained on.
    package enum Scaling: Sendable, Equatable, Hashable {
        case none
        /// Positions are divided. Chen et al., 2023, <https://arxiv.org/abs/2306.15595>.
        case linear(factor: Double)
        /// Only the first pairs rotate, with the same frequencies as if all did.
        case proportional(pairs: Int, factor: Double)
        /// The base grows with the length of a text that exceeds the maximum.
        ///
        /// Peng et al., *YaRN*, 2023, <https://arxiv.org/abs/2309.00071>, appendix "Dynamic NTK".
        case dynamic(factor: Double, maximumLength: Int)
        /// Pairs before `low` rotate as before, those after `high` are divided, and between them is a ramp.
        ///
        /// Peng et al., *YaRN: Efficient Context Window Extension of Large Language Models*, 2023,
        /// <https://arxiv.org/abs/2309.00071>.
        case ramp(factor: Double, low: Double, high: Double)
        /// A divisor for each pair: one for short texts, another for texts longer than the original length.
        ///
        /// Ding et al., *LongRoPE*, 2024, <https://arxiv.org/abs/2402.13753>.
        case perPair(short: [Float], long: [Float], originalLength: Int)
        /// Slow rotations are divided, fast ones are not, with a transition between the two.
        ///
        /// Llama Team, *The Llama 3 Herd of Models*, 2024, <https://arxiv.org/abs/2407.21783>.
        case byWavelength(factor: Double, low: Double, high: Double, originalLength: Int)
    }

    /// Angles for the first `size` numbers of each head.
    package init(size: Int, base: Double, scaling: Scaling = .none, magnitude: Float = 1) {
        self.size = size
        self.base = base
        self.scaling = scaling
        self.magnitude = magnitude
    }

    /// The kind of frequencies for a text: 0 for the usual ones, or a length that has its own.
    ///
    /// This depends on the text's own length and not on the longest in its batch. In the reference it is the latter, so
    /// its results for these kinds depend on the other texts.
    package func kind(ofLength length: Int) -> Int {
        switch scaling {
        case .dynamic(_, let maximumLength): length > maximumLength ? length : 0
        case .perPair(_, _, let originalLength): length > originalLength ? originalLength + 1 : 0
        case .none, .linear, .proportional, .ramp, .byWavelength: 0
        }
    }

    /// The angle of each pair at position 1 in texts of a kind, `[size / 2]`.
    ///
    /// Computed in float32 and in the order of the reference: at large positions the last bit of an angle matters.
    package func frequencies(kind: Int = 0) -> [Float] {
        let powers = powers(of: base)
        switch scaling {
        case .none: return powers.map { 1 / $0 }
        case .linear(let factor): return powers.map { 1 / $0 / Float(factor) }
        case .proportional(let pairs, let factor):
            return powers.enumerated().map { $0.offset < pairs ? 1 / $0.element / Float(factor) : 0 }
        case .dynamic(let factor, let maximumLength):
            guard kind > 0 else { return powers.map { 1 / $0 } }
            let growth = Float(factor) * Float(kind) / Float(maximumLength) - Float(factor - 1)
            let grown = Float(base) * Float(pow(Double(growth), Double(size) / Double(size - 2)))
            return self.powers(of: Double(grown)).map { 1 / $0 }
        case .ramp(let factor, let low, let high):
            let width = Float(high == low ? 0.001 : high - low)
            return powers.enumerated().map { pair, power in
                let divided = min(max((Float(pair) - Float(low)) / width, 0), 1)
                let kept = 1 - divided
                return 1 / (Float(factor) * power) * (1 - kept) + 1 / power * kept
            }
        case .perPair(let short, let long, _):
            return zip(kind > 0 ? long : short, powers).map { 1 / ($0 * $1) }
        case .byWavelength(let factor, let low, let high, let originalLength):
            return powers.map { Self.slowed(1 / $0, factor, low, high, Double(originalLength)) }
        }
    }

    private func powers(of base: Double) -> [Float] {
        (0..<size / 2).map { Float(pow(base, Double(Float(2 * $0) / Float(size)))) }
    }

    private static func slowed(
        _ frequency: Float, _ factor: Double, _ low: Double, _ high: Double, _ originalLength: Double
    ) -> Float {
        let wavelength = 2 * Double.pi / Double(frequency)
        if wavelength > originalLength / low { return Float(Double(frequency) / factor) }
        if wavelength < originalLength / high { return frequency }
        let smooth = (originalLength / wavelength - low) / (high - low)
        return Float((1 - smooth) * Double(frequency) / factor + smooth * Double(frequency))
    }
}
