// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// `tokenizer.json` without its vocabulary and merges: the parts that the reference always uses.
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

    /// An added token as listed in the file.
    struct IdentifiedToken: Codable {
        var id: Int
        var token: AddedToken

        init(id: Int, token: AddedToken) {
            self.id = id
            self.token = token
        }

        private enum CodingKeys: String, CodingKey {
            case id
        }

        init(from decoder: any Decoder) throws {
            id = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .id)
            token = try AddedToken(from: decoder)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try token.encode(to: encoder)
        }

        /// Reads a list in the usual form, which can have thousands of entries; nil for any other form.
        static func read(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> [IdentifiedToken]? {
            do throws(JSONFlaw) {
                var cursor = JSONCursor(bytes, at: position)
                var tokens: [IdentifiedToken] = []
                var list = JSONList.array
                while try cursor.next(in: &list) {
                    guard let token = try read(&cursor) else { return nil }
                    tokens.append(token)
                }
                return tokens
            } catch {
                return nil
            }
        }

        private static func read(_ cursor: inout JSONCursor) throws(JSONFlaw) -> IdentifiedToken? {
            var id: Int?
            var content: String?
            var flags: [ExactString: Bool] = [:]
            var object = JSONList.object
            while let key = try cursor.key(in: &object) {
                switch key {
                case "id" where id == nil: id = try cursor.natural()
                case "content" where content == nil: content = try cursor.string()
                default:
                    guard flags[key] == nil, let value = cursor.boolean() else { return nil }
                    flags[key] = value
                }
            }
            guard let id, let content, id < 1 << 53 else { return nil }
            var token = AddedToken(content, isSpecial: flags["special"] ?? false)
            token.isSingleWord = flags["single_word"] ?? false
            token.stripsLeft = flags["lstrip"] ?? false
            token.stripsRight = flags["rstrip"] ?? false
            token.isNormalized = flags["normalized"] ?? !token.isSpecial
            return IdentifiedToken(id: id, token: token)
        }
    }

    /// An end of a text, as spelled in the file.
    enum Side: String, Decodable {
        case left = "Left"
        case right = "Right"

        var side: TokenizerSide { self == .left ? .left : .right }
    }

    struct TruncationSettings: Decodable {
        enum Strategy: String, Decodable {
            case longestFirst = "LongestFirst"
            case onlyFirst = "OnlyFirst"
            case onlySecond = "OnlySecond"
        }

        var max_length: Int
        var strategy: Strategy?
        var direction: Side?

        var rule: Truncation {
            let strategy: Truncation.Strategy =
                switch strategy {
                case .onlyFirst: .onlyFirst
                case .onlySecond: .onlySecond
                case .longestFirst, nil: .longestFirst
                }
            return Truncation(maxLength: max_length, strategy: strategy, direction: direction?.side ?? .right)
        }
    }

    struct PaddingSettings: Decodable {
        var direction: Side?
        var pad_token: String?
    }

    var added_tokens: [IdentifiedToken]?
    var truncation: TruncationSettings?
    var padding: PaddingSettings?
    var model: ModelSettings
}

/// The parts of `tokenizer.json` that a class may build itself; `post_processor` is the first that it takes from here.
struct TokenizerJSONPipeline: Decodable {
    var normalizer: Component<Normalizers>?
    var pre_tokenizer: Component<PreTokenizers>?
    var post_processor: Component<PostProcessors>?
    var decoder: Component<TokenDecoders>?
}

/// Only the post-processor, for classes that take nothing else from the file.
struct TokenizerJSONLayout: Decodable {
    var post_processor: Component<PostProcessors>?
}

/// The character map in a `tokenizer.json`, wherever it is among the normalizers.
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
