// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Tensor {
    /// The same numbers as another floating-point type of at most 32 bits, each rounded to the nearest one, ties to even.
    ///
    /// A number too large for the type becomes infinite; NaN stays NaN.
    package func converted(to type: ElementType) -> Tensor {
        if elementType == type { return self }
        let numbers = float32()
        let narrow: @Sendable (Float) -> UInt16
        switch type {
        case .float32: return numbers
        case .bfloat16: narrow = Self.bfloat16Bits
        case .float16: narrow = Self.float16Bits
        default: preconditionFailure("weights are not stored as \(type)")
        }
        let storage = Storage(uninitializedByteCount: count * MemoryLayout<UInt16>.stride)
        withExtendedLifetime(numbers.storage) {
            // Every range writes its own part.
            nonisolated(unsafe) let (target, source) = (
                storage.mutableBytes.bindMemory(to: UInt16.self), numbers.pointer
            )
            Parallel.forRanges(count, grain: 1 << 14) { range in
                for index in range { target[index] = narrow(source[index]) }
            }
        }
        return Tensor(storage: storage, shape: shape, elementType: type)
    }

    /// Whether no number is infinite or NaN.
    package var isAllFinite: Bool { float32().floats.allSatisfy(\.isFinite) }

    private static func bfloat16Bits(_ number: Float) -> UInt16 {
        let bits = number.bitPattern
        guard !number.isNaN else { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }

    private static func float16Bits(_ number: Float) -> UInt16 {
        let sign = UInt16(truncatingIfNeeded: number.bitPattern >> 16) & 0x8000
        let magnitude = number.magnitude
        if number.isNaN { return sign | 0x7E00 }
        // The number halfway between the largest one and the next, which would round to even and up.
        if magnitude >= 65520 { return sign | 0x7C00 }
        // A subnormal number is a multiple of 2⁻²⁴.
        if magnitude < 0x1p-14 { return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven)) }
        let bits = magnitude.bitPattern
        let rounded = bits &+ 0xFFF &+ (bits >> 13 & 1)
        return sign | UInt16(truncatingIfNeeded: (rounded >> 13) &- (112 << 10))
    }
}
