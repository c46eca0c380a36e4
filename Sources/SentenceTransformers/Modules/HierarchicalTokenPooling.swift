// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
public import SentenceSearch
import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Fewer vectors for a text: those that are much alike become their mean.
///
/// The distance of two vectors is 1 less their product, so they should be of unit length, and Ward's method joins
/// clusters until there are about 1 / `factor` as many as there were vectors. A module of some multi-vector models, and
/// an option of ``MultiVectorEncodeOptions``.
///
/// Clavié, Chaffin and Adams, *Reducing the Footprint of Multi-Vector Retrieval with Minimal Performance Impact via
/// Token Pooling*, 2024, <https://arxiv.org/abs/2409.14683>.
public struct HierarchicalTokenPooling: Sendable {
    private let pooling: TokenPooling
    private let tasks: TaskNames

    /// How many times fewer vectors there shall be, at least 1.
    public var factor: Double { pooling.factor }
    /// The number of a text's first vectors that stay as they are.
    public var protectedTokens: Int { pooling.protectedTokens }
    /// Whether all vectors that leave are brought to unit length.
    public var normalizesEmbeddings: Bool { pooling.normalizesEmbeddings }

    /// - Parameters:
    ///   - factor: How many times fewer vectors there shall be; 1 joins none.
    ///   - protectedTokens: The number of a text's first vectors that stay as they are, such as that of `[CLS]`.
    ///   - normalizesEmbeddings: Whether all vectors that leave are brought to unit length.
    ///   - tasks: Whose texts lose vectors; texts without a task count as documents.
    /// - Throws: ``SearchError`` with code `invalidArgument` for a number out of range.
    public init(
        factor: Double, protectedTokens: Int = 1, normalizesEmbeddings: Bool = true,
        tasks: [EncodingTask] = [.document]
    ) throws {
        pooling = try TokenPooling(
            factor: factor, protectedTokens: protectedTokens, normalizesEmbeddings: normalizesEmbeddings)
        self.tasks = TaskNames(tasks)
    }

    /// The vectors of each text, pooled; unchanged if texts of the task are not pooled.
    ///
    /// - Parameters:
    ///   - embeddings: For each text `[tokens, dimensions]`.
    ///   - task: What the texts are.
    /// - Returns: For each text `[fewer tokens, dimensions]`.
    public func callAsFunction(_ embeddings: [Matrix], task: EncodingTask? = nil) -> [Matrix] {
        guard tasks.contain(task) else { return embeddings }
        return embeddings.map { Matrix(pooling($0.tensor)) }
    }
}

extension HierarchicalTokenPooling: Module {
    package static let className = "HierarchicalTokenPooling"
    package static let typeName =
        "sentence_transformers.multi_vector_encoder.modules.token_pooling.HierarchicalTokenPooling"

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(known: .tokenPooling)
        let factor = try config.double("pool_factor", default: 1)
        guard factor >= 1, factor.isFinite else { throw config.error("pool_factor", "expected a number of 1 or more") }
        let protectedTokens = try config.int("num_protected_tokens", default: 1)
        guard protectedTokens >= 0 else { throw config.error("num_protected_tokens", "expected 0 or more") }
        pooling = try TokenPooling(
            factor: factor, protectedTokens: protectedTokens,
            // Models that do not say so are older than the setting.
            normalizesEmbeddings: try config.bool("normalize_embeddings", default: false))
        tasks = try TaskNames(config, "tasks")
    }

    package func save(to folder: URL) throws {
        try JSONValue.object([
            "pool_factor": .double(factor), "num_protected_tokens": .int(protectedTokens),
            "normalize_embeddings": .bool(normalizesEmbeddings), "tasks": tasks.json,
        ]).write(to: folder.appending(path: "config.json"))
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard sizes.tokenEmbeddings != nil else {
            throw SentenceTransformersError(
                .mismatchedModules, "HierarchicalTokenPooling finds no token embeddings to join")
        }
        var sizes = sizes
        sizes.hasFewerVectorsThanTokens = true
        return sizes
    }

    package func callAsFunction(_ features: inout Features) {
        guard tasks.contain(features.call.task) else { return }
        features.dropUnkeptTokens()
        guard let vectors = features.tokenEmbeddings else { return }
        let texts = (0..<features.texts.count).map { pooling(vectors.rowRange(features.texts[$0])) }
        features.replaceTokens(Tensor.above(texts), counts: texts.map(\.rows))
    }

    package var summary: String { "\(factor) times fewer vectors in \(tasks.description)" }
}
