// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Items drawn with replacement from those of a sample, again and again.
///
/// Which items the n-th resample has depends on the seed and n only, so that results do not depend on threads, and
/// two models get the same items. Efron, *Bootstrap Methods: Another Look at the Jackknife*, 1979,
/// <https://doi.org/10.1214/aos/1176344552>.
struct Bootstrap {
    private let resamples: Int
    private let seed: UInt64

    /// - Throws: ``TrainingError`` if the number of resamples is not positive, or too large to count.
    init(resamples: Int, seed: UInt64) throws {
        guard (1...1 << 24).contains(resamples) else {
            throw TrainingError(
                .invalidArgument, "the number of resamples is \(resamples); expected 1 to \(1 << 24)")
        }
        self.resamples = resamples
        self.seed = seed
    }

    /// The value of each resample; NaN where it is not defined.
    func values(_ sizes: [Int], _ value: @escaping @Sendable ([[Int]]) -> Double) -> [Double] {
        [Double](unsafeUninitializedCapacity: resamples) { out, initialized in
            // Every resample initializes only its own element.
            nonisolated(unsafe) let out = out.baseAddress!
            let seed = seed
            Parallel.forEach(resamples) { number in
                let stream = RandomStream(seed: seed, step: number)
                let draw = sizes.enumerated().map { Self.draw($1, stream.at($0)) }
                (out + number).initialize(to: value(draw))
            }
            initialized = resamples
        }
    }

    /// As many indices below `count`, any of them several times.
    private static func draw(_ count: Int, _ stream: RandomStream) -> [Int] {
        var indices: [Int] = []
        indices.reserveCapacity(count + 3)
        for block in 0..<(count + 3) / 4 {
            let words = stream.words(UInt32(truncatingIfNeeded: block))
            // The high half of the product; no index is more probable than another by more than count / 2³².
            for lane in 0..<4 { indices.append(Int((UInt64(words[lane]) &* UInt64(count)) >> 32)) }
        }
        indices.removeLast(indices.count - count)
        return indices
    }

    /// The number below which a share of sorted numbers lies, between the two nearest ones; as NumPy's `percentile`.
    static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let place = share * Double(sorted.count - 1), index = Int(place)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
    }
}
