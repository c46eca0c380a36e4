// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
package import SentenceTokenizers

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Selects the tokens of a text that keep their vectors; in documents, tokens of a skiplist, such as punctuation, lose
/// them.
///
/// Khattab and Zaharia, *ColBERT*, 2020, <https://arxiv.org/abs/2004.12832>, section 3.2.
package struct MultiVectorMask: Module {
    package static let className = "MultiVectorMask"
    package static let typeName = "sentence_transformers.multi_vector_encoder.modules.multi_vector_mask.MultiVectorMask"

    /// The tokens that lose their vectors, as spelled in the vocabulary.
    package let skiplist: [String]
    /// The tasks to whose texts the skiplist applies.
    private let skiplistTasks: TaskNames
    /// The only tokens that keep their vectors outside queries; nil for all tokens.
    private let onlyTokens: Set<Int32>?
    /// The token ids of the skiplist.
    private var skippedTokens: Set<Int32> = []

    init(skiplist: [String]) {
        self.skiplist = skiplist
        skiplistTasks = .documents
        onlyTokens = nil
    }

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(isOptional: true, known: .multiVectorMask)
        skiplist = try config.optionalStrings("skiplist_words") ?? []
        skiplistTasks = try TaskNames(config, "skiplist_tasks")
        // An empty list means no restriction.
        onlyTokens = try config.optionalInts("keep_only_token_ids").flatMap { ids in
            ids.isEmpty ? nil : Set(ids.compactMap(Int32.init(exactly:)))
        }
    }

    package func save(to folder: URL) throws {
        try JSONValue.object([
            "skiplist_words": .array(skiplist.map(JSONValue.string)), "skiplist_tasks": skiplistTasks.json,
            "keep_only_token_ids": onlyTokens.map { .array($0.sorted().map { .int(Int($0)) }) } ?? .null,
        ]).write(to: folder.appending(path: "config.json"))
    }

    package func ready(with tokenizer: Tokenizer?) -> MultiVectorMask {
        var mask = self
        // Words that are not in the vocabulary are left out; as the unknown token they would match every unknown token.
        mask.skippedTokens = Set(skiplist.compactMap { tokenizer?.id(of: $0) })
        return mask
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard sizes.tokenEmbeddings != nil, !sizes.hasFewerVectorsThanTokens else {
            throw SentenceTransformersError(.mismatchedModules, "MultiVectorMask finds no vector for each token")
        }
        return sizes
    }

    package func tokenUse(_ features: inout Features) -> TokenUse {
        self(&features)
        return .each
    }

    package func callAsFunction(_ features: inout Features) {
        // The others are then gone.
        if features.holdsOnlyTokensRead { return }
        let isQuery = features.call.task == .query, skips = skiplistTasks.contain(features.call.task)
        let kept = features.keptTokens, keyFactors = features.texts.keyFactors
        features.keptTokens = features.tokens.ids.indices.map { token in
            let id = features.tokens.ids[token]
            // Expansion tokens of a query keep their vectors, though its other tokens do not attend to them.
            let isExpansion = isQuery && keyFactors?[token] == 0
            return (isExpansion || kept?[token] ?? true) && !(skips && skippedTokens.contains(id))
                && (isQuery || onlyTokens?.contains(id) ?? true)
        }
    }

    package var summary: String {
        let only = onlyTokens.map { ", only \($0.count) different tokens" } ?? ""
        return "without \(skippedTokens.count) different tokens in \(skiplistTasks.description)" + only
    }
}
