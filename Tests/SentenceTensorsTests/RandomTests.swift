// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Random numbers by counter")
struct RandomTests {
    @Test(
        "Philox gives the numbers that its authors publish",
        arguments: [
            (SIMD4<UInt32>(0, 0, 0, 0), SIMD2<UInt32>(0, 0), SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)),
            (
                SIMD4<UInt32>(repeating: UInt32.max), SIMD2<UInt32>(repeating: UInt32.max),
                SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
            ),
            (
                SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), SIMD2(0xA409_3822, 0x299F_31D0),
                SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
            ),
        ])
    func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
        #expect(RandomStream.philox(counter, key: key) == expected)
    }

    @Test("Every seed, step, micro-batch and place has numbers of its own")
    func streams() {
        let base = RandomStream(seed: 1, step: 0)
        var streams = [
            base, RandomStream(seed: 2, step: 0), RandomStream(seed: 1 << 40, step: 0), RandomStream(seed: 1, step: 1),
            RandomStream(seed: 1, step: 0, microBatch: 1),
        ]
        streams += (0..<40).map { base.at($0) } + (0..<40).flatMap { outer in (0..<8).map { base.at(outer).at($0) } }
        #expect(Set(streams.map { $0.words(0) }).count == streams.count)
    }

    @Test("Dropout leaves out its share, keeps the mean, and is the same on any number of threads")
    func dropout() {
        let x = Tensor([Float](repeating: 1, count: 40_000), shape: [200, 200])
        func dropped(_ probability: Float, step: Int = 3, threads: Int = 1, place: Int = 0) -> [Float] {
            Execution.with(threads: threads, mode: .training(RandomStream(seed: 9, step: step))) {
                x.dropout(probability, place: place).floats
            }
        }
        let found = dropped(0.25)
        let kept = found.filter { $0 != 0 }
        #expect(kept.allSatisfy { $0 == 1 / 0.75 })
        // Five deviations of 40,000 draws.
        #expect(abs(Double(kept.count) / 40_000 - 0.75) < 0.011)
        #expect(dropped(0.25, threads: 2) == found)
        #expect(dropped(0.25, step: 4) != found && dropped(0.25, place: 1) != found)
        #expect(dropped(0) == x.floats && dropped(1).allSatisfy { $0 == 0 })
        #expect(x.dropout(0.25).floats == x.floats, "nothing is left out in inference")
    }

    @Test("The gradient passes where dropout lets elements pass")
    func gradient() throws {
        let x = Parameter(Tensor([Float](repeating: 2, count: 100), shape: [10, 10]))
        try Execution.with(recordsGradients: true, mode: .training(RandomStream(seed: 5, step: 0))) {
            let y = x.value.dropout(0.5)
            let gradient = try #require(gradients(of: y, withRespectTo: [x])[0]).tensor
            #expect(zip(gradient.floats, y.floats).allSatisfy { 2 * $0 == $1 })
            #expect(gradient.floats.contains(0) && gradient.floats.contains(2))
        }
    }

    @Test("Attention leaves out weights of keys, and its gradient is the slope of what is left")
    func attention() throws {
        var random = SeededGenerator(seed: 3)
        let elements = (0..<14 * 3 * 16).map { _ in Float.random(in: -1...1, using: &random) }
        let texts = TextOffsets(counts: [9, 5]), shape = AttentionShape(heads: 2, scale: 0.35, dropout: 0.4)
        let seed = Tensor((0..<14 * 16).map { _ in Float.random(in: -1...1, using: &random) }, shape: [14, 16])
        func result(_ elements: [Float], threads: Int = 1) -> [Float] {
            Execution.with(threads: threads, mode: .training(RandomStream(seed: 5, step: 2))) {
                Tensor(elements, shape: [14, 48]).attention(texts, shape).floats
            }
        }
        let found = result(elements)
        #expect(found != Tensor(elements, shape: [14, 48]).attention(texts, shape).floats)
        #expect(result(elements, threads: 2) == found)
        let x = Parameter(Tensor(elements, shape: [14, 48]))
        let gradient = try Execution.with(
            recordsGradients: true, mode: .training(RandomStream(seed: 5, step: 2))
        ) {
            try #require(gradients(of: x.value.attention(texts, shape), seed: seed, withRespectTo: [x])[0]).tensor
                .floats
        }
        for _ in 0..<4 {
            let direction = elements.map { _ in Float.random(in: -1...1, using: &random) }, step: Float = 2e-3
            func moved(_ sign: Float) -> Double {
                let numbers = result(zip(elements, direction).map { $0 + sign * step * $1 })
                return zip(numbers, seed.floats).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
            let slope = (moved(1) - moved(-1)) / (2 * Double(step))
            let expected = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            // Central differences of a float32 function: the step's square and the rounding over the step.
            #expect(abs(slope - expected) <= 2e-2 * max(1, abs(expected)))
        }
    }

    @Test("New tensors have numbers of the distribution that was asked for, the same for the same stream")
    func distributions() {
        let random = RandomStream(seed: 9, step: 0), count = 10_000
        let even = Tensor.uniform([count], bound: 2, random), normal = Tensor.normal([count], deviation: 3, random)
        #expect(even.floats == Tensor.uniform([count], bound: 2, random).floats)
        #expect(even.floats != Tensor.uniform([count], bound: 2, random.at(1)).floats)
        func moment(_ tensor: Tensor, _ power: Int) -> Double {
            tensor.floats.reduce(0) { sum, x in sum + (0..<power).reduce(1) { y, _ in y * Double(x) } } / Double(count)
        }
        // Within five standard errors of the mean, the variance and (of the normal one) the fourth moment.
        #expect(abs(moment(even, 1)) < 0.06 && abs(moment(even, 2) - 4.0 / 3) < 0.06)
        #expect(even.floats.allSatisfy { abs($0) <= 2 })
        #expect(abs(moment(normal, 1)) < 0.15 && abs(moment(normal, 2) - 9) < 0.64)
        #expect(abs(moment(normal, 4) - 243) < 41)
    }
}
