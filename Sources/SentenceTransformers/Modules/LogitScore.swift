// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTokenizers

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The logit of one token minus that of another at a text's last position: the score of rerankers that are language
/// models.
///
/// Nogueira et al., *Document Ranking with a Pretrained Sequence-to-Sequence Model*, 2020,
/// <https://arxiv.org/abs/2003.06713>.
package struct LogitScore: Module {
    package static let className = "LogitScore"
    package static let typeName = "sentence_transformers.cross_encoder.modules.logit_score.LogitScore"
    package static var isSavedInRoot: Bool { false }

    /// The id of the token that means a match.
    private let trueToken: Int
    /// The id of the token that means no match, whose logit is subtracted; nothing is subtracted if nil.
    private let falseToken: Int?

    /// The only supported input, by the reference's name.
    private static let input = "causal_logits"

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(known: .logitScore)
        trueToken = try config.int("true_token_id")
        falseToken = try config.optionalInt("false_token_id")
        guard try config.string("module_input_name", default: Self.input) == Self.input else {
            throw config.error("module_input_name", "supported: \(Self.input)")
        }
    }

    /// Scores by the tokens "yes" and "no".
    ///
    /// - Throws: ``SentenceTransformersError`` if the tokenizer does not have both as tokens.
    init(yesAndNoOf tokenizer: Tokenizer, in directory: URL) throws {
        // The reference would use the id of the unknown token for a missing one.
        guard let yes = tokenizer.id(of: "yes"), let no = tokenizer.id(of: "no") else {
            throw SentenceTransformersError(
                .unsupportedModel,
                "the model in \(directory.path) is a language model, whose scores come from the tokens \"yes\" and "
                    + "\"no\", and its tokenizer does not have both; add a \(Self.className) module that names others")
        }
        (trueToken, falseToken) = (Int(yes), Int(no))
    }

    package func save(to folder: URL) throws {
        let config: JSONObject = [
            "true_token_id": .int(trueToken), "false_token_id": falseToken.map(JSONValue.int) ?? .null,
            "module_input_name": .string(Self.input),
        ]
        try JSONValue.object(config).write(to: folder.appending(path: "config.json"))
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard let words = sizes.lastLogits else {
            throw SentenceTransformersError(
                .mismatchedModules, "\(Self.className) takes the logits of a language model, found none")
        }
        for token in [trueToken, falseToken].compactMap(\.self) where !(0..<words).contains(token) {
            throw SentenceTransformersError(
                .mismatchedModules, "\(Self.className) takes the logit of word \(token), found \(words) words")
        }
        var sizes = sizes
        sizes.scores = 1
        return sizes
    }

    package func tokenUse(_ features: inout Features) -> TokenUse { .each }
    package func callAsFunction(_ features: inout Features) {
        guard let logits = features.lastLogits else { return }
        let yes = logits.words([trueToken])
        features.scores = falseToken.map { yes + (-1 as Float) * logits.words([$0]) } ?? yes
    }

    package var summary: String {
        "logit of word \(trueToken)" + (falseToken.map { " minus that of word \($0)" } ?? "")
    }
}
