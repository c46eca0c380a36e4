// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The role of a scalar for a pre-tokenizer that considers scalars one by one.
enum ScalarRole: UInt8 {
    /// Belongs to no word.
    case separator
    /// Is a word by itself.
    case alone
    /// Joins its neighbours of the same role.
    case joined
    /// Joins its neighbours of the same role, which is not `joined`.
    case otherJoined
}

/// Splits by the roles of scalars: the common loop of the simple pre-tokenizers.
struct RoleSplitter: Sendable {
    private let ascii: [UInt8]
    private let role: @Sendable (ScalarProperties) -> ScalarRole

    init(_ role: @escaping @Sendable (ScalarProperties) -> ScalarRole) {
        self.role = role
        ascii = (0..<128).map { role(ScalarProperties($0)).rawValue }
    }

    func apply(to text: inout PreTokenizedText) {
        text.split(split)
    }

    private func split(_ bytes: UnsafePointer<UInt8>, _ piece: WordRange, into words: inout GrowingBuffer<WordRange>) {
        ascii.withUnsafeBufferPointer { table in
            var start = piece.start
            var last = ScalarRole.separator.rawValue
            var index = piece.start
            while index < piece.end {
                let byte = bytes[Int(index)]
                var length: Int32 = 1
                let current: UInt8
                if byte < 0x80 {
                    current = table[Int(byte)]
                } else {
                    let (scalar, count) = UTF8Scalars.decode(bytes, Int(index))
                    length = Int32(count)
                    current = role(ScalarProperties(scalar)).rawValue
                }
                if current != last || current == ScalarRole.alone.rawValue {
                    if last != ScalarRole.separator.rawValue { words.append(WordRange(start: start, end: index)) }
                    start = index
                    last = current
                }
                index += length
            }
            if last != ScalarRole.separator.rawValue { words.append(WordRange(start: start, end: piece.end)) }
        }
    }
}
