// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData

/// Packs bytes as gzip does, in blocks that are stored as they are.
package enum Gzip {
    /// A member of a gzip file.
    package static func member(_ content: some Sequence<UInt8>) -> [UInt8] {
        let content = Array(content)
        var packed: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var start = 0
        repeat {
            let count = min(content.count - start, 0xFFFF)
            let isLast: UInt8 = start + count == content.count ? 1 : 0
            let (low, high) = (UInt8(count & 0xFF), UInt8(count >> 8))
            packed += [isLast, low, high, ~low, ~high] + content[start..<(start + count)]
            start += count
        } while start < content.count
        var checksum = Checksum()
        content.withUnsafeBytes { checksum.add($0) }
        return packed + littleEndian(checksum.value) + littleEndian(UInt32(content.count))
    }

    private static func littleEndian(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
