// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Reduces the token vectors of each text to one vector.
///
/// Reimers and Gurevych, *Sentence-BERT*, 2019, <https://arxiv.org/abs/1908.10084>.
package struct Pooling: Module {
    package static let className = "Pooling"
    package static let typeName = "sentence_transformers.sentence_transformer.modules.pooling.Pooling"

    /// The reductions, whose results are concatenated in this order.
    package let reductions: [PoolingReduction]
    /// Whether the tokens of a prompt are pooled.
    package let includesPrompt: Bool
    private let embeddingDimension: Int?

    /// Pools by the given reductions, whose results are concatenated.
    package init(
        _ reductions: [PoolingReduction] = [.mean], includesPrompt: Bool = true, embeddingDimension: Int? = nil
    ) {
        self.reductions = reductions
        self.includesPrompt = includesPrompt
        self.embeddingDimension = embeddingDimension
    }

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(known: .pooling)
        reductions = try config.contains("pooling_mode") ? Self.modes(config) : Self.legacyModes(config)
        includesPrompt = try config.bool("include_prompt", default: true)
        embeddingDimension = try config.optionalInt(["embedding_dimension", "word_embedding_dimension"])
    }

    /// The names of the reductions, in the order in which the results of old configurations are concatenated.
    private static let names: [(reduction: PoolingReduction, name: String, legacyFlag: String)] = [
        (.first, "cls", "pooling_mode_cls_token"),
        (.maximum, "max", "pooling_mode_max_tokens"),
        (.mean, "mean", "pooling_mode_mean_tokens"),
        (.meanSquareRoot, "mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
        (.weightedMean, "weightedmean", "pooling_mode_weightedmean_tokens"),
        (.last, "lasttoken", "pooling_mode_lasttoken"),
    ]

    private static func modes(_ config: ModelConfig) throws -> [PoolingReduction] {
        let modes =
            config.values["pooling_mode"]?.asArray == nil
            ? [try config.string("pooling_mode")] : try config.strings("pooling_mode")
        guard !modes.isEmpty else { throw config.error("pooling_mode", "expected at least one mode") }
        return try modes.map { mode in
            guard let known = names.first(where: { $0.name == mode }) else {
                throw config.error("pooling_mode", "supported: \(names.map(\.name).joined(separator: ", "))")
            }
            return known.reduction
        }
    }

    private static func legacyModes(_ config: ModelConfig) throws -> [PoolingReduction] {
        let modes = try names.filter { try config.bool($0.legacyFlag, default: false) }.map(\.reduction)
        return modes.isEmpty ? [.mean] : modes
    }

    package func save(to folder: URL) throws {
        let modes = reductions.compactMap { reduction in Self.names.first { $0.reduction == reduction }?.name }
        let mode: JSONValue = modes.count == 1 ? .string(modes[0]) : .array(modes.map(JSONValue.string))
        try JSONValue.object([
            "embedding_dimension": embeddingDimension.map(JSONValue.int) ?? .null, "pooling_mode": mode,
            "include_prompt": .bool(includesPrompt),
        ]).write(to: folder.appending(path: "config.json"))
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard let size = sizes.tokenEmbeddings else {
            throw SentenceTransformersError(.mismatchedModules, "Pooling finds no token embeddings to reduce")
        }
        return FeatureSizes(tokenEmbeddings: size, sentenceEmbedding: size * reductions.count)
    }

    package func tokenUse(_ features: inout Features) -> TokenUse {
        // Its weights depend on the positions of tokens among all.
        if reductions.contains(.weightedMean) { return .all }
        let ends = reductions.allSatisfy { $0 == .first || $0 == .last } ? Set(reductions) : nil
        let kept = features.keptTokens, skipped = skippedTokens(features)
        var chosen: [Int] = []
        for text in 0..<features.texts.count {
            let tokens = features.texts[text].filter { kept?[$0] ?? true }.dropFirst(skipped)
            guard let ends, let first = tokens.first, let last = tokens.last else {
                chosen += tokens
                continue
            }
            if ends.contains(.first) || first == last { chosen.append(first) }
            if ends.contains(.last), first != last { chosen.append(last) }
        }
        return .chosen(chosen)
    }

    /// How many of the first tokens of each text are not pooled.
    private func skippedTokens(_ features: Features) -> Int {
        includesPrompt || features.holdsOnlyTokensRead ? 0 : features.call.promptLength
    }

    package func callAsFunction(_ features: inout Features) {
        let skippedCount = skippedTokens(features)
        let skipped = skippedCount == 0 ? nil : [Int](repeating: skippedCount, count: features.texts.count)
        features.dropUnkeptTokens()
        features.sentenceEmbedding = features.tokenEmbeddings?.pooled(
            features.texts, by: reductions, skipping: skipped, weightSums: features.tokenWeightSums)
    }

    package var summary: String {
        reductions.compactMap { reduction in Self.names.first { $0.reduction == reduction }?.name }.joined(
            separator: " + ")
            + (includesPrompt ? "" : ", without the prompt")
    }
}
