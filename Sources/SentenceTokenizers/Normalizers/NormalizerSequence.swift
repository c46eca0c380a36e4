// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Several normalizers, one after another.
struct NormalizerSequence: Normalizer {
    let members: [any Normalizer]

    init(_ members: [any Normalizer]) {
        self.members = members
    }

    private enum CodingKeys: String, CodingKey {
        case normalizers
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        members = try container.decode([Component<Normalizers>].self, forKey: .normalizers).map(\.base)
    }

    func normalize(_ text: inout NormalizedText) {
        for member in members where text.failure == nil { member.normalize(&text) }
    }
}
