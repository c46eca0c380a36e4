// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTraining
import Testing

@Suite("Orders without lists")
struct KeyedPermutationTests {
    private func order(_ count: Int, seed: UInt64 = 42, epoch: Int = 0) -> [Int] {
        let permutation = KeyedPermutation(count: count, random: RandomStream(seed: seed, step: epoch))
        return (0..<count).map { permutation[$0] }
    }

    @Test("Each number occurs once, whatever the count")
    func bijection() {
        for count in Array(0...300) + [999, 1000, 1023, 1024, 1025, 65_535, 65_536, 65_537, 99_991] {
            for seed in [0, 1, UInt64.max] {
                #expect(order(count, seed: seed).sorted() == Array(0..<count), "\(count) numbers")
            }
        }
    }

    @Test("Large counts stay within bounds")
    func large() {
        for count in [1 << 31, 1 << 40 + 1, 1 << 52] {
            let permutation = KeyedPermutation(count: count, random: RandomStream(seed: 1, step: 0))
            let found = (0..<1000).map { permutation[$0] } + (count - 1000..<count).map { permutation[$0] }
            #expect(Set(found).count == 2000 && found.allSatisfy { (0..<count).contains($0) })
        }
    }

    @Test("Seeds and epochs have orders of their own")
    func keys() {
        let orders = (0..<10).flatMap { seed in (0..<10).map { order(100, seed: UInt64(seed), epoch: $0) } }
        #expect(Set(orders).count == 100)
        #expect(order(100, seed: 3, epoch: 4) == orders[34])
    }

    /// How far a count of 400 may be from what is expected: six standard deviations, about 20 each.
    private static let tolerance = 120

    @Test("All orders of few numbers come about equally often", arguments: [2, 3, 4])
    func smallCounts(count: Int) {
        let all = (1...count).reduce(1, *)
        var found: [[Int]: Int] = [:]
        for seed in 0..<400 * all { found[order(count, seed: UInt64(seed)), default: 0] += 1 }
        #expect(found.count == all)
        #expect(found.values.allSatisfy { abs($0 - 400) < Self.tolerance }, "\(found.values.sorted())")
    }

    @Test("Neighbours are no nearer to each other than in other orders, and every place gets every number")
    func spread() {
        let count = 1000
        let order = order(count)
        let distances = zip(order, order.dropFirst()).map { abs($0 - $1) }
        // A third of the count is expected; the mean of 999 distances has a standard deviation of about 7.5.
        #expect(abs(distances.reduce(0, +) / (count - 1) - count / 3) < 40)
        var tenths = [Int](repeating: 0, count: 10)
        for seed in 0..<4000 {
            let permutation = KeyedPermutation(count: count, random: RandomStream(seed: UInt64(seed), step: 0))
            tenths[permutation[17] * 10 / count] += 1
        }
        #expect(tenths.allSatisfy { abs($0 - 400) < Self.tolerance }, "\(tenths)")
    }
}
