// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A running hash of bytes that is the same on every machine and in every run: FNV-1a with 64 bits.
package struct ByteHash: Sendable {
    /// The hash of all bytes so far.
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of no bytes.
    package init() {}

    /// The hash of a text.
    package init(_ text: String) { add(text) }

    /// Adds the bytes of a text.
    package mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// Adds bytes.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        // In a variable of its own, which stays in a register.
        var state = value
        for byte in bytes { state = Self.step(state, byte) }
        value = state
    }

    /// Adds a byte.
    package mutating func add(_ byte: UInt8) { value = Self.step(value, byte) }

    private static func step(_ state: UInt64, _ byte: UInt8) -> UInt64 { (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
