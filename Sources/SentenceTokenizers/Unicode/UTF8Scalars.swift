// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Reading and measuring scalars in bytes that are known to be valid UTF-8 (they come from a `String`).
enum UTF8Scalars {
    /// The scalar that begins at `index`, and its number of bytes.
    static func decode(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> (scalar: UInt32, count: Int) {
        let first = UInt32(bytes[index])
        if first < 0x80 { return (first, 1) }
        let second = UInt32(bytes[index + 1] & 0x3F)
        if first < 0xE0 { return ((first & 0x1F) << 6 | second, 2) }
        let third = UInt32(bytes[index + 2] & 0x3F)
        if first < 0xF0 { return ((first & 0x0F) << 12 | second << 6 | third, 3) }
        return ((first & 0x07) << 18 | second << 12 | third << 6 | UInt32(bytes[index + 3] & 0x3F), 4)
    }

    /// The scalar that ends before `index`, which must not be 0, and its number of bytes.
    static func decodeLast(_ bytes: UnsafePointer<UInt8>, before index: Int) -> (scalar: UInt32, count: Int) {
        var start = index - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return decode(bytes, start)
    }

    /// The number of scalars in a run of bytes.
    static func count(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int {
        var count = 0
        for index in range where bytes[index] & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
