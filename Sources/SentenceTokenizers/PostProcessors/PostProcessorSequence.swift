// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A list of post-processors.
///
/// All that are supported set the whole layout, so there can be one at most.
struct PostProcessorSequence: PostProcessor {
    static let kind = "Sequence"

    let members: [any PostProcessor]

    private enum CodingKeys: String, CodingKey {
        case processors
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        members = try container.decode([AnyPostProcessor].self, forKey: .processors).map(\.base)
        guard members.count <= 1 else {
            throw TokenizerError(
                .unsupportedComponent,
                "post_processor \"Sequence\" with \(members.count) processors is not supported by this version; "
                    + "supported: one processor")
        }
    }

    func templates() throws -> Templates {
        try members.first?.templates() ?? .none
    }
}
