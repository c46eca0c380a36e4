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

extension Tensor {
    /// Numbers between ±bound, evenly distributed.
    package static func uniform(_ shape: [Int], bound: Float, _ random: RandomStream) -> Tensor {
        Tensor(shape: shape) { out in
            for index in out.indices { out[index] = bound * (2 * random.fraction(index) - 1) }
        }
    }

    /// Numbers of mean 0 with the given standard deviation, normally distributed.
    package static func normal(_ shape: [Int], deviation: Float, _ random: RandomStream) -> Tensor {
        Tensor(shape: shape) { out in
            for index in out.indices { out[index] = deviation * random.normal(index) }
        }
    }
}

extension RandomStream {
    private static let wordCount = 4_294_967_296.0

    /// The number at a place of the stream, from 0 up to but not including 1.
    package func fraction(_ index: Int) -> Float {
        Float(words(UInt32(truncatingIfNeeded: index))[0] >> 8) / Float(1 << 24)
    }

    /// The number at a place of the stream, normally distributed with mean 0 and deviation 1.
    ///
    /// Box and Muller, *A Note on the Generation of Random Normal Deviates*, 1958,
    /// <https://doi.org/10.1214/aoms/1177706645>.
    package func normal(_ index: Int) -> Float {
        let words = words(UInt32(truncatingIfNeeded: index))
        let radius = (-2 * log((Double(words[0]) + 1) / Self.wordCount)).squareRoot()
        return Float(radius * cos(2 * Double.pi * Double(words[1]) / Self.wordCount))
    }
}
