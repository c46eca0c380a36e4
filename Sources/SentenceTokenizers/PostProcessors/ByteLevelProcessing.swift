// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Removes white space from the ends of tokens' offsets, and adds no tokens.
struct ByteLevelProcessing: PostProcessor {
    let trimsOffsets: Bool
    let addsPrefixSpace: Bool

    private enum CodingKeys: String, CodingKey {
        case trimsOffsets = "trim_offsets"
        case addsPrefixSpace = "add_prefix_space"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        trimsOffsets = try container.decode(Bool.self, forKey: .trimsOffsets)
        addsPrefixSpace = try container.decode(Bool.self, forKey: .addsPrefixSpace)
    }

    func templates() -> Templates {
        var templates = Templates.none
        if trimsOffsets { templates.trims = [addsPrefixSpace] }
        return templates
    }
}
