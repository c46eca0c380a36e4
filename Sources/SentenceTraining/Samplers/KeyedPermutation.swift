// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// A random order of the numbers below a count, of which each place is computed by itself: no list is ever held.
///
/// A Feistel network over pairs (a, b) with a·b not much larger than the count, whose rounds add to one half a random
/// function of the other; numbers that are not below the count are mapped again until they are. Black and Rogaway,
/// *Ciphers with Arbitrary Finite Domains*, 2002, <https://doi.org/10.1007/3-540-45760-7_9>.
package struct KeyedPermutation: Sendable {
    /// The count.
    package let count: Int
    private let left: UInt64
    private let right: UInt64
    private let keys: [UInt64]

    /// So many that even the orders of a few numbers come about equally often.
    private static let rounds = 8

    /// The order that belongs to a stream of random numbers.
    package init(count: Int, random: RandomStream) {
        self.count = count
        left = max(1, UInt64(Double(count).squareRoot().rounded(.up)))
        right = (UInt64(count) + left - 1) / left
        keys = (0..<Self.rounds).map { round in
            let words = random.words(UInt32(round))
            return UInt64(words[0]) << 32 | UInt64(words[1])
        }
    }

    /// The number at a place.
    package subscript(_ place: Int) -> Int {
        var number = UInt64(place)
        repeat {
            var (a, b) = (number % left, number / left)
            for round in stride(from: 0, to: keys.count, by: 2) {
                a = Self.sum(a, Self.mixed(b ^ keys[round]), below: left)
                b = Self.sum(b, Self.mixed(a ^ keys[round + 1]), below: right)
            }
            number = b * left + a
        } while number >= UInt64(count)
        return Int(number)
    }

    /// A number below a bound plus a random one, modulo the bound.
    private static func sum(_ number: UInt64, _ random: UInt64, below bound: UInt64) -> UInt64 {
        let sum = number + random.multipliedFullWidth(by: bound).high
        return sum < bound ? sum : sum - bound
    }

    /// A random function: the last step of SplitMix64.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var z = number
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
