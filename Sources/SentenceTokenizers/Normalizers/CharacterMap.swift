// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// SentencePiece's precompiled character map: a trie from short strings to their replacements.
///
/// Kudo and Richardson, "SentencePiece", 2018. The reference looks up a whole grapheme if it is shorter than six bytes,
/// and replaces all of it by the shortest entry that is a prefix; otherwise it looks up the scalars one by one.
struct CharacterMap: Normalizer {
    /// A double array (Aoe, "An Efficient Digital Search Algorithm by Using a Double-Array Structure", 1989).
    private let units: [UInt32]
    /// Replacements, each ended by a zero.
    private let texts: [UInt8]
    /// What each ASCII character by itself becomes: the offset in `texts`, or −1.
    private let ascii: [Int32]

    private enum CodingKeys: String, CodingKey {
        case map = "precompiled_charsmap"
    }

    init(from decoder: any Decoder) throws {
        let text = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .map)
        guard let bytes = Base64.decode(text) else {
            throw TokenizerError(.malformedFile, "precompiled_charsmap is not valid base64")
        }
        try self.init(bytes)
    }

    init(_ bytes: [UInt8]) throws(TokenizerError) {
        func unit(_ index: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << (8 * UInt32($1)) }
        }
        guard bytes.count >= 4, Int(unit(0)) <= bytes.count - 4, unit(0) >= 4 else {
            throw TokenizerError(.malformedFile, "precompiled_charsmap is shorter than the trie that it announces")
        }
        let count = Int(unit(0)) / 4
        let units = (0..<count).map { unit(4 + 4 * $0) }
        let texts = Array(bytes[(4 + 4 * count)...])
        guard String(validating: texts, as: UTF8.self) != nil else {
            throw TokenizerError(.malformedFile, "precompiled_charsmap has replacements that are not valid UTF-8")
        }
        self.units = units
        self.texts = texts
        ascii = (0..<128).map { byte in
            Self.find(units, texts, withUnsafeBytes(of: UInt8(byte)) { Array($0) }[...]) ?? -1
        }
    }

    /// The offset of the replacement for the shortest entry that is a prefix of `key`.
    private static func find(_ units: [UInt32], _ texts: [UInt8], _ key: some Sequence<UInt8>) -> Int32? {
        func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }
        var position = offset(units[0])
        for byte in key {
            if byte == 0 { return nil }
            position ^= Int(byte)
            guard position < units.count else { return nil }
            let unit = units[position]
            guard unit & (1 << 31 | 0xFF) == UInt32(byte) else { return nil }
            position ^= offset(unit)
            guard unit & 1 << 8 != 0 else { continue }
            guard position < units.count else { return nil }
            let value = Int(units[position] & 0x7FFF_FFFF)
            // An offset into the middle of a character would give invalid text.
            let isStart = value <= texts.count && (value == texts.count || texts[value] & 0xC0 != 0x80)
            return isStart ? Int32(value) : nil
        }
        return nil
    }

    func normalize(_ text: inout NormalizedText) {
        guard changes(text) else { return }
        var result: [RewrittenScalar] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            // Replacements may be as long as the file, but a scalar has at most four bytes.
            guard result.count < text.sizeLimit / 4 else {
                text.failAsTooLong()
                return
            }
            let end = Graphemes.end(text.bytes.base, index, text.count)
            if end - index < 6, let offset = find(text.bytes.base, index..<end) {
                replace(UTF8Scalars.count(text.bytes.base, index..<end), offset, &result)
                index = end
            }
            while index < end {
                let (scalar, length) = UTF8Scalars.decode(text.bytes.base, index)
                if let offset = find(text.bytes.base, index..<index + length) {
                    replace(1, offset, &result)
                } else {
                    result.append(RewrittenScalar(scalar: scalar, change: 0))
                }
                index += length
            }
        }
        text.rewrite(result)
    }

    /// Whether anything is replaced; most texts are not changed.
    private func changes(_ text: borrowing NormalizedText) -> Bool {
        var index = 0
        while index < text.count {
            let byte = text.bytes[index]
            if byte < 0x80 {
                if ascii[Int(byte)] >= 0 { return true }
                index += 1
            } else {
                let length = UTF8Scalars.decode(text.bytes.base, index).count
                let end = Graphemes.end(text.bytes.base, index, text.count)
                if end > index + length || find(text.bytes.base, index..<end) != nil { return true }
                index = end
            }
            // A mark after an ASCII character makes a longer key.
            if byte < 0x80, index < text.count, text.bytes[index] >= 0xC0 {
                let end = Graphemes.end(text.bytes.base, index - 1, text.count)
                if end > index { return true }
            }
        }
        return false
    }

    private func find(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int32? {
        let key = UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count)
        return Self.find(units, texts, key)
    }

    /// Appends a replacement for a number of scalars, with changes as in the reference.
    private func replace(_ old: Int, _ offset: Int32, _ result: inout [RewrittenScalar]) {
        let first = result.count
        var index = Int(offset)
        texts.withUnsafeBufferPointer { texts in
            guard let base = texts.baseAddress else { return }
            while index < texts.count, texts[index] != 0 {
                let (scalar, length) = UTF8Scalars.decode(base, index)
                result.append(RewrittenScalar(scalar: scalar, change: 0))
                index += length
            }
        }
        let added = result.count - first - old
        if added > 0 {
            for index in result.indices.suffix(added) { result[index].change = 1 }
        } else if added < 0, !result.isEmpty {
            result[result.count - 1].change += Int32(added)
        }
    }
}
