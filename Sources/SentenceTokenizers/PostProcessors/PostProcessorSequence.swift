// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A list of post-processors: at most one with a layout, and any number that only trim white space.
struct PostProcessorSequence: PostProcessor {
    let members: [any PostProcessor]

    private enum CodingKeys: String, CodingKey {
        case processors
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        members = try container.decode([Component<PostProcessors>].self, forKey: .processors).map(\.base)
    }

    func templates() throws -> Templates {
        var result = Templates.none
        var hasLayout = false
        for member in members {
            var templates = try member.templates()
            let trims = result.trims + templates.trims
            templates.trims = []
            // The reference also fails in this case.
            guard templates == .none || !hasLayout else {
                throw TokenizerError(
                    .unsupportedComponent,
                    "post_processor \"Sequence\" has more than one processor that adds special tokens; keep one")
            }
            if templates != .none {
                result = templates
                hasLayout = true
            }
            result.trims = trims
        }
        return result
    }
}
