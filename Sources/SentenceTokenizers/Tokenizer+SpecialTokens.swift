// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Tokenizer {
    /// The same tokenizer, which also recognises some tokens of its vocabulary whole, wherever they occur in a text.
    ///
    /// Models that put the id of such a token before every text (ColBERT: `[unused0]`) then also get it from text.
    /// - Parameter tokens: The tokens; those not in the vocabulary, or recognised already, are ignored.
    /// - Returns: The new tokenizer, or this one if it already recognises all of them.
    /// - Throws: `TokenizerError`: `malformedFile` for a token that is too long to search for.
    public func withSpecialTokens(_ tokens: [String]) throws -> Tokenizer {
        let missing = try tokens.filter { token in
            try id(of: token) != nil && encode(token, addSpecialTokens: false).tokens != [token]
        }
        guard !missing.isEmpty else { return self }
        var added = pipeline.added
        try added.add(missing.map { AddedToken($0, isSpecial: true) }, to: pipeline.model)
        try added.finish(pipeline.normalizer)
        let changed = Pipeline(
            normalizer: pipeline.normalizer, preTokenizer: pipeline.preTokenizer, model: pipeline.model, added: added,
            templates: pipeline.templates, decoder: pipeline.decoder)
        return Tokenizer(
            self, pipeline: changed, addsLowercase: addsLowercase, addedSpecialTokens: addedSpecialTokens + missing)
    }

    /// Adds the tokens from `withSpecialTokens` to the files' contents, by name, since the loaded files lack them.
    func addSpecialTokens(to contents: inout [String: Data]) throws {
        let tokens = addedSpecialTokens.map { AddedToken($0, isSpecial: true) }
        guard !tokens.isEmpty else { return }
        if let file = contents["tokenizer.json"] {
            let known =
                try JSONPatch.value(of: "added_tokens", in: file, as: [TokenizerJSON.IdentifiedToken].self) ?? []
            let added = Set(exact: addedSpecialTokens)
            let kept = known.filter { !added.contains($0.token.content) }
            let all =
                kept
                + tokens.compactMap { token in
                    id(of: token.content).map { TokenizerJSON.IdentifiedToken(id: Int($0), token: token) }
                }
            contents["tokenizer.json"] = try JSONPatch.set([("added_tokens", JSONPatch.text(all))], in: file)
        }
        let configuration = contents["tokenizer_config.json"] ?? Data("{}".utf8)
        if var declared = try JSONPatch.value(
            of: "added_tokens_decoder", in: configuration, as: [ExactString: AddedToken].self)
        {
            for token in tokens { if let id = id(of: token.content) { declared["\(id)"] = token } }
            contents["tokenizer_config.json"] = try JSONPatch.set(
                [("added_tokens_decoder", JSONPatch.text(declared))], in: configuration)
        } else if contents["tokenizer.json"] == nil {
            contents["tokenizer_config.json"] = try JSONPatch.set(
                [("additional_special_tokens", JSONPatch.text(addedSpecialTokens))], in: configuration)
        }
    }
}

extension JSONPatch {
    /// The value of a key in the top-level object; nil if it is missing.
    fileprivate static func value<Value: Decodable>(of key: String, in data: Data, as type: Value.Type) throws -> Value?
    {
        guard let range = try range(of: key, in: data) else { return nil }
        let start = data.startIndex
        return try TokenizerFiles.decode(type, data[range.lowerBound + start..<range.upperBound + start], key)
    }

    /// A value as JSON.
    fileprivate static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
