// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// RoBERTa's layouts: `<s> A </s>` and `<s> A </s></s> B </s>`, everything in segment 0.
struct RobertaProcessing: PostProcessor {
    let separator: Int32
    let classifier: Int32
    let trimsOffsets: Bool
    let addsPrefixSpace: Bool

    init(separator: Int32, classifier: Int32, trimsOffsets: Bool = true, addsPrefixSpace: Bool = true) {
        self.separator = separator
        self.classifier = classifier
        self.trimsOffsets = trimsOffsets
        self.addsPrefixSpace = addsPrefixSpace
    }

    private enum CodingKeys: String, CodingKey {
        case sep, cls
        case trimsOffsets = "trim_offsets"
        case addsPrefixSpace = "add_prefix_space"
    }

    init(from decoder: any Decoder) throws {
        let ids = try BertProcessing(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            separator: ids.separator, classifier: ids.classifier,
            trimsOffsets: try container.decode(Bool.self, forKey: .trimsOffsets),
            addsPrefixSpace: try container.decode(Bool.self, forKey: .addsPrefixSpace))
    }

    func templates() -> Templates {
        let separators = [separator, separator]
        return Templates(
            single: [
                .special([classifier], typeID: 0), .sequence(0, typeID: 0), .special([separator], typeID: 0),
            ],
            pair: [
                .special([classifier], typeID: 0), .sequence(0, typeID: 0), .special(separators, typeID: 0),
                .sequence(1, typeID: 0), .special([separator], typeID: 0),
            ],
            trims: trimsOffsets ? [addsPrefixSpace] : [])
    }
}
