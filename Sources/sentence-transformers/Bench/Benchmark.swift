// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTransformers

/// The measurements of `bench`.
struct Benchmark {
    let model: SentenceTransformer
    let options: EncodeOptions

    /// The number of threads that encoding uses.
    var threads: Int { options.threads ?? Parallel.availableThreads }

    /// How long a measurement lasts, and its smallest and largest number of turns.
    private static let duration: Duration = .seconds(3)
    private static let leastTurns = 3
    private static let mostTurns = 1000

    /// The seconds of the fastest turn over all texts.
    func bestEncodeTime(_ inputs: [TokenizerInput]) throws -> Double {
        try Self.turns { _ = try model.encode(inputs, options: options) }.first ?? 0
    }

    /// The seconds of the fastest tokenization of all texts, on one thread.
    func bestTokenizeTime(_ inputs: [TokenizerInput]) throws -> Double {
        let length = [options.maximumSequenceLength, model.maximumSequenceLength].compactMap(\.self).min()
        return try Self.turns { _ = try model.tokenize(inputs, maximumLength: length) }.first ?? 0
    }

    /// The seconds of every turn over one text, shortest first.
    func latencies(_ input: TokenizerInput) throws -> [Double] {
        try Self.turns { _ = try model.encode([input], options: options) }
    }

    /// The seconds of every turn, shortest first.
    private static func turns(_ body: () throws -> Void) rethrows -> [Double] {
        let start = ContinuousClock.now
        var times: [Double] = []
        while times.count < leastTurns || (times.count < mostTurns && ContinuousClock.now - start < duration) {
            times.append(try ContinuousClock().measure(body).inSeconds)
        }
        return times.sorted()
    }
}

extension Duration {
    /// The duration in seconds.
    var inSeconds: Double { self / .seconds(1) }
}
