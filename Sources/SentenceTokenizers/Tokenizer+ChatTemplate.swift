// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Tokenizer {
    /// The template for messages: `chat_template.jinja`, or else the one in `tokenizer_config.json`.
    ///
    /// - Returns: The template, or the one named "default" if there are several; nil if there is none.
    /// - Throws: `TokenizerError`: `malformedFile`.
    package func chatTemplate() throws -> String? {
        if let data = files.contents[Self.chatTemplateFile] {
            guard let text = String(validating: data, as: UTF8.self) else {
                throw TokenizerError(.malformedFile, "is not UTF-8", file: Self.chatTemplateFile)
            }
            return text
        }
        let name = "tokenizer_config.json"
        guard let data = files.contents[name] else { return nil }
        switch try TokenizerFiles.decode(Configuration.self, data, name).chat_template {
        case nil: return nil
        case .one(let text)?: return text
        case .named(let templates)?:
            guard let standard = templates.last(where: { $0.name == "default" }) else {
                throw TokenizerError(
                    .malformedFile, "chat_template has several templates, none of which is named \"default\"",
                    file: name)
            }
            return standard.template
        }
    }

    /// The tokens with a role, by their names in templates, such as "bos_token".
    package var specialTokens: [String: String] {
        let ids: [(String, Int32?)] = [
            ("bos_token", specialTokenIDs.bos), ("eos_token", specialTokenIDs.eos), ("unk_token", specialTokenIDs.unk),
            ("sep_token", specialTokenIDs.sep), ("pad_token", specialTokenIDs.pad), ("cls_token", specialTokenIDs.cls),
            ("mask_token", specialTokenIDs.mask),
        ]
        return Dictionary(uniqueKeysWithValues: ids.compactMap { name, id in id.flatMap(token).map { (name, $0) } })
    }

    static let chatTemplateFile = "chat_template.jinja"

    private struct Configuration: Decodable {
        var chat_template: Templates?
    }

    private enum Templates: Decodable {
        case one(String)
        case named([Named])

        struct Named: Decodable {
            var name: String
            var template: String
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .one(text)
            } else {
                self = .named(try container.decode([Named].self))
            }
        }
    }
}
