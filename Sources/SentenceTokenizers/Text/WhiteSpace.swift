// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// White space at the ends of tokens, which some layouts remove from their offsets.
enum WhiteSpace {
    /// The number of white space characters at both ends of a token, including a byte-level vocabulary's character for
    /// a space.
    static func atEnds(of token: UnsafeBufferPointer<UInt8>) -> (leading: Int, trailing: Int) {
        guard let base = token.baseAddress else { return (0, 0) }
        func isSpace(_ scalar: UInt32) -> Bool { scalar == 0x120 || ScalarProperties(scalar).isWhitespace }
        var (leading, trailing) = (0, 0)
        var index = 0
        while index < token.count {
            let (scalar, length) = UTF8Scalars.decode(base, index)
            guard isSpace(scalar) else { break }
            leading += 1
            index += length
        }
        index = token.count
        while index > 0 {
            let (scalar, length) = UTF8Scalars.decodeLast(base, before: index)
            guard isSpace(scalar) else { break }
            trailing += 1
            index -= length
        }
        return (leading, trailing)
    }

    /// Removes white space from the range of a token, as the reference does.
    ///
    /// `isFirst` tells whether the token is the first of its text, `addsPrefixSpace` whether one space at the beginning
    /// is not part of the text.
    static func trim(
        _ range: Range<Int>, _ text: UnsafePointer<UInt8>, _ spaces: (leading: Int, trailing: Int), isFirst: Bool,
        addsPrefixSpace: Bool
    ) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        let isAdded = (isFirst || start == 0) && addsPrefixSpace && spaces.leading == 1
        for _ in 0..<(isAdded ? 0 : spaces.leading) where start < end {
            start += UTF8Scalars.decode(text, start).count
        }
        start = min(start, end)
        var back = end
        for _ in 0..<spaces.trailing {
            // If fewer characters precede the end, the end stays where it is.
            guard back > 0 else { return start..<end }
            back -= UTF8Scalars.decodeLast(text, before: back).count
        }
        end = max(back, start)
        return start..<end
    }
}
