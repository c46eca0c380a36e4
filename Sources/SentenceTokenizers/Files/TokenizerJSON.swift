// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// `tokenizer.json` without its vocabulary and merges, as far as the reference always takes it from there.
struct TokenizerJSON: Decodable {
    struct ModelSettings: Decodable {
        var type: String?
        var unk_token: String?
        var unk_id: Int?
        var continuing_subword_prefix: String?
        var end_of_word_suffix: String?
        var max_input_chars_per_word: Int?
        var fuse_unk: Bool?
        var byte_fallback: Bool?
        var ignore_merges: Bool?
    }

    struct IdentifiedToken: Decodable {
        var id: Int
        var token: AddedToken

        private enum CodingKeys: String, CodingKey {
            case id
        }

        init(from decoder: any Decoder) throws {
            id = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .id)
            token = try AddedToken(from: decoder)
        }
    }

    var added_tokens: [IdentifiedToken]?
    var model: ModelSettings
}

/// The parts of `tokenizer.json` that a class may build by itself; `post_processor` is the first it takes from here.
struct TokenizerJSONPipeline: Decodable {
    var normalizer: Component<Normalizers>?
    var pre_tokenizer: Component<PreTokenizers>?
    var post_processor: Component<PostProcessors>?
    var decoder: Component<TokenDecoders>?
}

/// Only the post-processor, for classes that leave nothing else to the file.
struct TokenizerJSONLayout: Decodable {
    var post_processor: Component<PostProcessors>?
}

/// The character map in a `tokenizer.json`, wherever it stands among the normalizers.
struct TokenizerJSONMap: Decodable {
    private struct Item: Decodable {
        var type: String?
        var precompiled_charsmap: String?
        var normalizers: [Item]?
    }

    /// The map in base64.
    let text: String?

    private enum CodingKeys: String, CodingKey {
        case normalizer
    }

    init(from decoder: any Decoder) throws {
        let item = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Item.self, forKey: .normalizer)
        let all = item?.type == "Sequence" ? item?.normalizers ?? [] : item.map { [$0] } ?? []
        text = all.first { $0.type == "Precompiled" }?.precompiled_charsmap
    }
}
