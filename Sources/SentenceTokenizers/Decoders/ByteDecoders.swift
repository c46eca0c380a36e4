// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Turns the characters that represent bytes back into bytes.
struct ByteLevelDecoder: TokenDecoder {
    func decode(_ tokens: [String]) -> [String] {
        let table = ByteCharacters.shared.bytes
        var bytes: [UInt8] = []
        for token in tokens {
            let before = bytes.count
            for scalar in token.unicodeScalars {
                guard Int(scalar.value) < table.count, table[Int(scalar.value)] >= 0 else {
                    // A token that does not represent bytes stays as it is.
                    bytes.removeLast(bytes.count - before)
                    bytes.append(contentsOf: token.utf8)
                    break
                }
                bytes.append(UInt8(truncatingIfNeeded: table[Int(scalar.value)]))
            }
        }
        return [String(decoding: bytes, as: UTF8.self)]
    }
}

/// Turns runs of byte tokens into text; invalid bytes become replacement characters.
struct ByteFallbackDecoder: TokenDecoder {
    func decode(_ tokens: [String]) -> [String] {
        var result: [String] = []
        var bytes: [UInt8] = []
        func flush() {
            if bytes.isEmpty { return }
            if let text = String(validating: bytes, as: UTF8.self) {
                result.append(text)
            } else {
                result += [String](repeating: "\u{FFFD}", count: bytes.count)
            }
            bytes = []
        }
        for token in tokens {
            if let byte = Self.byte(token) {
                bytes.append(byte)
            } else {
                flush()
                result.append(token)
            }
        }
        flush()
        return result
    }

    /// The byte of a token such as `<0x41>`.
    private static func byte(_ token: String) -> UInt8? {
        let text = Array(token.utf8)
        guard text.count == 6, text.starts(with: "<0x".utf8), text[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: text[3..<5], as: UTF8.self), radix: 16)
    }
}

/// What the reference's CLIP class does after its decoder: the suffix of a word becomes a space.
struct WordEndDecoder: TokenDecoder {
    let suffix: String

    func decode(_ tokens: [String]) -> [String] {
        let text = tokens.joined().replacingAll(suffix, with: " ")
        let scalars = Array(text.unicodeScalars)
        // Python also counts four more control characters as white space.
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return [] }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars[first...last])
        return [String(result)]
    }
}
