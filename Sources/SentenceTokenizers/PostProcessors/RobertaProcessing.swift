// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// RoBERTa's layouts: `<s> A </s>` and `<s> A </s></s> B </s>`, everything in segment 0.
struct RobertaProcessing: PostProcessor {
    static let kind = "RobertaProcessing"

    let separator: Int32
    let classifier: Int32
    let trimsOffsets: Bool

    init(separator: Int32, classifier: Int32, trimsOffsets: Bool = true) {
        self.separator = separator
        self.classifier = classifier
        self.trimsOffsets = trimsOffsets
    }

    private enum CodingKeys: String, CodingKey {
        case sep, cls
        case trimsOffsets = "trim_offsets"
    }

    init(from decoder: any Decoder) throws {
        let ids = try BertProcessing(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            separator: ids.separator, classifier: ids.classifier,
            trimsOffsets: try container.decode(Bool.self, forKey: .trimsOffsets))
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
            trimsOffsets: trimsOffsets)
    }
}
