// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A key with any name.
struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) { nil }
}

/// A special token in a configuration: a string, or an object with flags.
struct ConfiguredToken: Decodable, Sendable, Hashable {
    let token: AddedToken
    /// Whether the configuration contains only a string.
    let isPlain: Bool

    init(_ token: AddedToken) {
        self.token = token
        isPlain = false
    }

    init(from decoder: any Decoder) throws {
        if let content = try? decoder.singleValueContainer().decode(String.self) {
            token = AddedToken(content, isSpecial: true)
            isPlain = true
        } else {
            var token = try AddedToken(from: decoder)
            token.isSpecial = true
            // Unless the file says otherwise, a special token is searched for in the original text.
            let container = try decoder.container(keyedBy: AnyKey.self)
            let isNormalized = try container.decodeIfPresent(Bool.self, forKey: AnyKey(stringValue: "normalized"))
            token.isNormalized = isNormalized ?? false
            self.token = token
            isPlain = false
        }
    }
}

/// `tokenizer_config.json`, and `special_tokens_map.json` and `added_tokens.json` of older folders.
struct TokenizerConfiguration: Decodable, Sendable {
    /// The named special tokens in the order in which the reference adds them.
    static let tokenKeys = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]

    private static let flagKeys = [
        "add_bos_token", "add_eos_token", "add_prefix_space", "do_lower_case", "keep_accents", "legacy",
        "legacy_behaviour", "split_by_punct", "trim_offsets",
    ]

    var tokenizerClass: String?
    var doLowerCase: Bool?
    var tokenizeChineseChars: Bool?
    var stripAccents: Bool?
    /// Further Boolean settings of classes, by key.
    var flags: [String: Bool] = [:]
    /// The number of T5's tokens `<extra_id_0>` and so on.
    var extraIDs: Int?
    /// The language whose code is put around texts.
    var sourceLanguage: String?
    /// Pegasus's token for a masked sentence, and the first id of its own vocabulary.
    var sentenceMask: String?
    var offset: Int?
    /// The mask token in the files, before the class changes it.
    var fileMask: String?
    var modelMaxLength: Int?
    /// At which ends to truncate and to pad: as the configuration says, and as `tokenizer.json` says.
    private var ownTruncationSide: TokenizerSide?
    private var ownPaddingSide: TokenizerSide?
    private var filePaddingSide: TokenizerSide?
    /// The truncation in `tokenizer.json`.
    private(set) var fileTruncation: Truncation?
    var truncationSide: TokenizerSide { ownTruncationSide ?? fileTruncation?.direction ?? .right }
    var paddingSide: TokenizerSide { ownPaddingSide ?? filePaddingSide ?? .right }
    /// Whether special tokens in a text are not recognised, but split like any other text.
    var splitsSpecialTokens = false
    /// The inputs of the model, if the configuration names them.
    private var modelInputNames: [String]?
    /// Whether the class provides token types, if the configuration does not name the inputs.
    var classGivesTokenTypes = false
    var givesTokenTypes: Bool { modelInputNames.map { $0.contains("token_type_ids") } ?? classGivesTokenTypes }
    /// Special tokens by key (`cls_token`), including a model's own.
    var namedTokens: [ExactString: ConfiguredToken] = [:]
    /// The keys of special tokens that are `null` in the files: the model has none, whatever its class says.
    private(set) var nullTokens: Set<ExactString> = []
    /// Further special tokens.
    var extraTokens: [ConfiguredToken] = []
    /// Added tokens by id, if the file has them.
    var addedTokens: [Int: AddedToken]?

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyKey.self)
        func value<Value: Decodable>(_ key: String, _ type: Value.Type = Value.self) throws -> Value? {
            try container.decodeIfPresent(type, forKey: AnyKey(stringValue: key))
        }
        tokenizerClass = try value("tokenizer_class")
        doLowerCase = try value("do_lower_case")
        tokenizeChineseChars = try value("tokenize_chinese_chars")
        stripAccents = try value("strip_accents")
        for key in Self.flagKeys { flags[key] = try value(key, Bool.self) }
        func count(_ key: String) throws -> Int? {
            guard let count = try value(key, Int.self) else { return nil }
            guard (0...100_000).contains(count) else {
                throw TokenizerError(.malformedFile, "\(key) is \(count); expected 0 to 100000")
            }
            return count
        }
        extraIDs = try count("extra_ids")
        offset = try count("offset")
        sourceLanguage = try value("src_lang")
        sentenceMask = try value("mask_token_sent")
        ownTruncationSide = try value("truncation_side")
        ownPaddingSide = try value("padding_side")
        splitsSpecialTokens = try value("split_special_tokens") ?? false
        do {
            modelInputNames = try value("model_input_names")
        } catch is DecodingError {
            throw TokenizerError(.malformedFile, "model_input_names cannot be used: expected a list of texts")
        }
        if try value("fix_mistral_regex", Bool.self) ?? false {
            throw TokenizerError(
                .unsupportedComponent,
                "fix_mistral_regex asks for another pre-tokenizer than the file has, which is not supported by this "
                    + "version; save the tokenizer once more with the reference")
        }
        // The reference writes 10³⁰ if there is no limit.
        if let length = try value("model_max_length", Double.self) ?? value("max_len", Double.self) {
            if length < 0 {
                throw TokenizerError(.malformedFile, "model_max_length is \(length); expected 0 or more")
            }
            if length <= 1e9 { modelMaxLength = Int(length) }
        }
        if let added = try value("added_tokens_decoder", [ExactString: AddedToken].self) {
            var tokens: [Int: AddedToken] = [:]
            for (key, token) in added {
                guard let id = Int(key.string), id >= 0 else {
                    throw TokenizerError(
                        .malformedFile, "added_tokens_decoder has the key \"\(key)\"; expected an id of 0 or more")
                }
                tokens[id] = token
            }
            addedTokens = tokens
        }
        try readTokens(container)
    }

    /// Reads all special tokens in one of the two files that contain them.
    private mutating func readTokens(_ container: KeyedDecodingContainer<AnyKey>) throws {
        for key in container.allKeys where key.stringValue.hasSuffix("_token") {
            if try container.decodeNil(forKey: key) {
                nullTokens.insert(ExactString(key.stringValue))
            } else if let token = try? container.decodeIfPresent(ConfiguredToken.self, forKey: key) {
                namedTokens[key.stringValue] = token
            }
        }
        for name in ["additional_special_tokens", "extra_special_tokens"] {
            let key = AnyKey(stringValue: name)
            if let list = try? container.decodeIfPresent([ConfiguredToken].self, forKey: key) {
                for token in list where !extraTokens.contains(token) { extraTokens.append(token) }
            } else if let named = try? container.decodeIfPresent([ExactString: ConfiguredToken].self, forKey: key) {
                namedTokens.merge(named) { $1 }
            }
        }
    }

    /// Takes truncation and padding from `tokenizer.json`, to be used where the configuration says nothing.
    mutating func take(_ file: TokenizerJSON) {
        if let padding = file.padding?.pad_token, namedTokens["pad_token"] == nil, !nullTokens.contains("pad_token") {
            namedTokens["pad_token"] = ConfiguredToken(AddedToken(padding, isSpecial: true))
        }
        fileTruncation = file.truncation?.rule
        filePaddingSide = file.padding?.direction?.side
    }

    /// Takes the special tokens from a `special_tokens_map.json`, which take precedence.
    mutating func merge(specialTokensMap map: TokenizerConfiguration) {
        namedTokens.merge(map.namedTokens) { $1 }
        for key in map.nullTokens { namedTokens[key] = nil }
        nullTokens = nullTokens.union(map.nullTokens).subtracting(map.namedTokens.keys)
        for token in map.extraTokens where !extraTokens.contains(token) { extraTokens.append(token) }
    }

    /// All special tokens in the order in which the reference adds them.
    var specialTokens: [ConfiguredToken] {
        let own = namedTokens.keys.sortedStrings.filter { !Self.tokenKeys.contains($0) }
        return (Self.tokenKeys + own).compactMap { namedTokens[$0] } + extraTokens
    }
}

extension TokenizerConfiguration {
    /// Reads the configuration together with the older files that belong to it.
    static func read(_ files: TokenizerFiles) throws -> TokenizerConfiguration {
        var configuration = TokenizerConfiguration()
        let name = "tokenizer_config.json"
        if let data = files.contents[name] ?? (files.settings.isEmpty ? nil : Data("{}".utf8)) {
            configuration = try TokenizerFiles.decode(Self.self, data, name, settings: files.settings)
        }
        // Newer configurations contain their added tokens; the older file is then ignored.
        if configuration.addedTokens == nil, let data = files.contents["special_tokens_map.json"] {
            let map = try TokenizerFiles.decode(Self.self, data, "special_tokens_map.json")
            configuration.merge(specialTokensMap: map)
        }
        return configuration
    }
}
