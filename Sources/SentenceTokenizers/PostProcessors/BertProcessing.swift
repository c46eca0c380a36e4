// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// BERT's layouts: `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`, the second text in segment 1.
struct BertProcessing: PostProcessor {
    let separator: Int32
    let classifier: Int32

    init(separator: Int32, classifier: Int32) {
        self.separator = separator
        self.classifier = classifier
    }

    private enum CodingKeys: String, CodingKey {
        case sep, cls
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func id(_ key: CodingKeys) throws -> Int32 {
            var pair = try container.nestedUnkeyedContainer(forKey: key)
            _ = try pair.decode(String.self)
            return try pair.decode(Int32.self)
        }
        separator = try id(.sep)
        classifier = try id(.cls)
    }

    func templates() -> Templates {
        let single: [TemplatePiece] = [
            .special([classifier], typeID: 0), .sequence(0, typeID: 0), .special([separator], typeID: 0),
        ]
        return Templates(
            single: single, pair: single + [.sequence(1, typeID: 1), .special([separator], typeID: 1)],
            hasPlainTypes: true)
    }
}
