// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Checks that bytes are UTF-8, eight ASCII bytes at a time.
enum UTF8Validation {
    /// Whether the bytes are valid UTF-8.
    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let count = bytes.count
        var index = 0
        func continues(_ place: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            place < count && range.contains(base[place])
        }
        while index < count {
            while index + 8 <= count {
                let block = UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
                let high = block & 0x8080_8080_8080_8080
                index += high == 0 ? 8 : high.trailingZeroBitCount >> 3
                if high != 0 { break }
            }
            guard index < count else { break }
            switch base[index] {
            case 0..<0x80: index += 1
            case 0xC2...0xDF:
                guard continues(index + 1) else { return false }
                index += 2
            case 0xE0...0xEF:
                let second: ClosedRange<UInt8> =
                    base[index] == 0xE0 ? 0xA0...0xBF : base[index] == 0xED ? 0x80...0x9F : 0x80...0xBF
                guard continues(index + 1, second), continues(index + 2) else { return false }
                index += 3
            case 0xF0...0xF4:
                let second: ClosedRange<UInt8> =
                    base[index] == 0xF0 ? 0x90...0xBF : base[index] == 0xF4 ? 0x80...0x8F : 0x80...0xBF
                guard continues(index + 1, second), continues(index + 2), continues(index + 3) else { return false }
                index += 4
            default: return false
            }
        }
        return true
    }
}
