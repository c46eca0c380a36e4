// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// Random numbers that depend only on where they are drawn: not on time, threads, or what was drawn before.
///
/// Philox4x32-10. Salmon et al., *Parallel Random Numbers: As Easy as 1, 2, 3*, 2011,
/// <https://doi.org/10.1145/2063384.2063405>.
package struct RandomStream: Sendable, Hashable {
    private let seed: UInt64
    private let step: UInt32
    private let microBatch: UInt32
    private let place: UInt32

    /// The numbers of one forward pass.
    ///
    /// - Parameters:
    ///   - seed: The seed of the run.
    ///   - step: The number of the training step.
    ///   - microBatch: The index of the micro-batch within the step.
    package init(seed: UInt64, step: Int, microBatch: Int = 0) {
        self.init(seed, UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: microBatch), 0)
    }

    private init(_ seed: UInt64, _ step: UInt32, _ microBatch: UInt32, _ place: UInt32) {
        (self.seed, self.step, self.microBatch, self.place) = (seed, step, microBatch, place)
    }

    /// The stream of a place within this one: a module, a layer or an operation.
    package func at(_ place: Int) -> RandomStream {
        // A multiplier of full period keeps nested places apart.
        RandomStream(seed, step, microBatch, (self.place &+ UInt32(truncatingIfNeeded: place) &+ 1) &* 0x9E37_79B1)
    }

    /// The four random words at `index` of the stream.
    package func words(_ index: UInt32) -> SIMD4<UInt32> {
        Self.philox(
            SIMD4(index, place, step, microBatch), key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)))
    }

    /// The stream as the kernels take it.
    var kernelArgument: sk_random {
        sk_random(
            key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
            counter: (place, step, microBatch))
    }

    /// Ten rounds of the function, which maps counters to random words.
    package static func philox(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (words, key) = (counter, key)
        for _ in 0..<10 {
            let first = words[0].multipliedFullWidth(by: 0xD251_1F53),
                second = words[2].multipliedFullWidth(by: 0xCD9E_8D57)
            words = SIMD4(second.high ^ words[1] ^ key[0], second.low, first.high ^ words[3] ^ key[1], first.low)
            key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return words
    }
}
