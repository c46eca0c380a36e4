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

/// Which tokens of a text have a vector: not those of a list, such as punctuation, in documents.
///
/// Khattab and Zaharia, *ColBERT*, 2020, <https://arxiv.org/abs/2004.12832>, section 3.2.
package struct MultiVectorMask: Module {
    package static let className = "MultiVectorMask"
    package static let typeName = "sentence_transformers.multi_vector_encoder.modules.multi_vector_mask.MultiVectorMask"

    /// Tokens without a vector, as the vocabulary spells them.
    package let skiplist: [String]
    /// The tasks whose texts lose them.
    private let skiplistTasks: TaskNames
    /// The only tokens that keep their vectors outside of queries; nil for all.
    private let onlyTokens: Set<Int32>?
    /// The skiplist by the tokenizer's ids.
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
        // An empty list counts as none.
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
        // Words that the vocabulary lacks would else stand for every unknown token.
        mask.skippedTokens = Set(skiplist.compactMap { tokenizer?.id(of: $0) })
        return mask
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard sizes.tokenEmbeddings != nil, !sizes.hasFewerVectorsThanTokens else {
            throw SentenceTransformersError(.mismatchedModules, "MultiVectorMask finds no vector for each token")
        }
        return sizes
    }

    package func callAsFunction(_ features: inout Features) {
        let isQuery = features.call.task == .query, skips = skiplistTasks.contain(features.call.task)
        let kept = features.keptTokens, learnedFrom = features.texts.keyFactors
        features.keptTokens = features.tokens.ids.indices.map { token in
            let id = features.tokens.ids[token]
            // What a query is expanded by counts, though its other tokens do not see it.
            let isExpansion = isQuery && learnedFrom?[token] == 0
            return (isExpansion || kept?[token] ?? true) && !(skips && skippedTokens.contains(id))
                && (isQuery || onlyTokens?.contains(id) ?? true)
        }
    }

    package var summary: String {
        let only = onlyTokens.map { ", only \($0.count) different tokens" } ?? ""
        return "without \(skippedTokens.count) different tokens in \(skiplistTasks.description)" + only
    }
}
