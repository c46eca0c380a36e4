// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Random numbers determined by a seed, so that a failing test fails again.
///
/// SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014,
/// https://doi.org/10.1145/2660193.2660195.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// A generator that starts with a seed.
    package init(seed: UInt64) {
        state = seed
    }

    /// The next random number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
