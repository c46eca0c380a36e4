// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Splits where the script changes: Latin, Cyrillic, and Han together with the Japanese syllabaries.
struct UnicodeScripts: PreTokenizer {
    func apply(to text: inout PreTokenizedText) {
        text.split { bytes, word, words in
            // What precedes the first scalar with a script is dropped, as in the reference.
            var start: Int32?
            var last: UInt8 = 0
            var index = word.start
            while index < word.end {
                let (scalar, length) = UTF8Scalars.decode(bytes, Int(index))
                let script = Self.script(of: scalar)
                if script != 0, script != last {
                    if let start { words.append(WordRange(start: start, end: index)) }
                    start = index
                    last = script
                }
                index += Int32(length)
            }
            if let start { words.append(WordRange(start: start, end: word.end)) }
        }
    }

    /// The number of a scalar's script; 0 for spaces and unassigned scalars, which join any other.
    private static func script(of scalar: UInt32) -> UInt8 {
        let ranges = UnicodeData.scripts
        // The last range that begins at or before the scalar; the first begins at 0.
        var (low, high) = (0, ranges.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if ranges[middle] >> 8 <= scalar { low = middle } else { high = middle }
        }
        return UInt8(truncatingIfNeeded: ranges[low])
    }
}
