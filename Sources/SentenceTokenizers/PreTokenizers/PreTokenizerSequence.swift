// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Several pre-tokenizers, each splitting the words of the one before it.
struct PreTokenizerSequence: PreTokenizer {
    let members: [any PreTokenizer]

    init(_ members: [any PreTokenizer]) {
        self.members = members
    }

    private enum CodingKeys: String, CodingKey {
        case pretokenizers
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        members = try container.decode([Component<PreTokenizers>].self, forKey: .pretokenizers).map(\.base)
    }

    func apply(to text: inout PreTokenizedText) {
        for member in members where text.text.failure == nil { member.apply(to: &text) }
    }

    var leavingBytes: (any PreTokenizer)? {
        guard let last = members.last?.leavingBytes else { return nil }
        return PreTokenizerSequence(members.dropLast() + [last])
    }

    var needsSources: Bool {
        members.contains(where: { $0.needsSources })
    }
}
