// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Random numbers that depend on a seed alone: SplitMix64.
package struct Dice: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number below another one.
    package mutating func roll(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &self) }

    /// One of some texts.
    package mutating func pick(_ texts: [String]) -> String { texts.isEmpty ? "" : texts[roll(texts.count)] }
}
