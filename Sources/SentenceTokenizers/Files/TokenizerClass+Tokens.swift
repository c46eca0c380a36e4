// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// Sets the special tokens that a class defines itself, if the files do not name them.
    ///
    /// If the files contain `null`, there is no such token. `hasFile` tells whether there is a `tokenizer.json`.
    func setTokens(_ configuration: inout TokenizerConfiguration, hasFile: Bool) throws(TokenizerError) {
        let needed = neededTokens.intersection(configuration.nullTokens).sortedStrings
        if let key = needed.first {
            throw TokenizerError(
                .malformedFile, "\(key) is null, but the tokenizer's class needs one; name it, or leave the key out",
                file: "tokenizer_config.json")
        }
        configuration.fileMask = configuration.text(of: "mask_token")
        for (key, content) in defaultTokens where !configuration.nullTokens.contains(key) {
            var token = configuration.namedTokens[key]?.token ?? AddedToken(content, isSpecial: true)
            if key == "mask_token", stripsBeforeMask, configuration.namedTokens[key]?.isPlain ?? true {
                token.stripsLeft = true
                if normalizesMask { token.isNormalized = true }
            }
            configuration.namedTokens[key] = ConfiguredToken(token)
        }
        let further = furtherTokens(configuration, hasFile)
        configuration.extraTokens += further.map { ConfiguredToken(AddedToken($0, isSpecial: true)) }
    }

    /// The language code of texts; nil if the class does not put one around them.
    func language(_ configuration: TokenizerConfiguration) -> String? {
        defaultLanguage.map { configuration.sourceLanguage ?? $0 }
    }
}

extension TokenizerConfiguration {
    /// The text of a special token, by its key.
    func text(of key: String) -> String? { namedTokens[key]?.token.content }
}
