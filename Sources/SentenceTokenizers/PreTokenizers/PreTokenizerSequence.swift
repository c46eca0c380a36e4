// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Several pre-tokenizers, each splitting the words of the one before.
struct PreTokenizerSequence: PreTokenizer {
    static let kind = "Sequence"

    let members: [any PreTokenizer]

    private enum CodingKeys: String, CodingKey {
        case pretokenizers
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        members = try container.decode([AnyPreTokenizer].self, forKey: .pretokenizers).map(\.base)
    }

    func split(_ bytes: UnsafePointer<UInt8>, _ piece: WordRange, into words: inout GrowingBuffer<WordRange>) {
        var current = GrowingBuffer<WordRange>()
        current.append(piece)
        for member in members {
            var next = GrowingBuffer<WordRange>(capacity: current.count)
            for index in 0..<current.count { member.split(bytes, current[index], into: &next) }
            current = next
        }
        words.append(from: current.base, count: current.count)
    }
}
