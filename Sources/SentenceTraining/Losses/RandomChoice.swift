// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension RandomStream {
    /// The number at a place of the stream, from 0 up to but not including 1.
    package func fraction(_ index: Int) -> Float {
        Float(words(UInt32(truncatingIfNeeded: index))[0] >> 8) / Float(1 << 24)
    }

    /// A number at a place of the stream, normally distributed with mean 0 and deviation 1.
    ///
    /// Box and Muller, *A Note on the Generation of Random Normal Deviates*, 1958.
    func normal(_ index: Int) -> Float {
        let words = words(UInt32(truncatingIfNeeded: index))
        let radius = (-2 * log((Double(words[0]) + 1) / 4_294_967_296)).squareRoot()
        return Float(radius * cos(2 * Double.pi * Double(words[1]) / 4_294_967_296))
    }

    /// So many of the numbers below `total`, ascending; all of them if `count` is 0 or less, or too large.
    func choosing(_ count: Int, of total: Int) -> [Int] {
        guard count > 0, count < total else { return Array(0..<total) }
        var left = Array(0..<total)
        for index in 0..<count {
            let other = index + Int(words(UInt32(truncatingIfNeeded: index))[0] % UInt32(total - index))
            left.swapAt(index, other)
        }
        return left[..<count].sorted()
    }
}
