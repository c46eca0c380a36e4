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

/// Reduces the number of a text's vectors: clusters of similar vectors are replaced by their means.
///
/// The distance of two vectors is 1 minus their dot product, so they should have unit length. Ward's method merges
/// clusters until their number is about 1 / `factor` of the number of vectors. This is a module of some multi-vector
/// models, and an option of ``MultiVectorEncodeOptions``.
///
/// Clavié, Chaffin and Adams, *Reducing the Footprint of Multi-Vector Retrieval with Minimal Performance Impact via
/// Token Pooling*, 2024, <https://arxiv.org/abs/2409.14683>.
public struct HierarchicalTokenPooling: Sendable {
    private let pooling: TokenPooling
    private let tasks: TaskNames

    /// The factor by which the number of vectors is reduced, at least 1.
    public var factor: Double { pooling.factor }
    /// The number of a text's first vectors that do not change.
    public var protectedTokens: Int { pooling.protectedTokens }
    /// Whether all resulting vectors are normalised to unit length.
    public var normalizesEmbeddings: Bool { pooling.normalizesEmbeddings }

    /// - Parameters:
    ///   - factor: The factor by which the number of vectors is reduced; 1 merges none.
    ///   - protectedTokens: The number of a text's first vectors that do not change, such as that of `[CLS]`.
    ///   - normalizesEmbeddings: Whether all resulting vectors are normalised to unit length.
    ///   - tasks: The tasks whose texts are pooled; texts without a task count as documents.
    /// - Throws: ``SearchError`` with code `invalidArgument` for a number out of range.
    public init(
        factor: Double, protectedTokens: Int = 1, normalizesEmbeddings: Bool = true,
        tasks: [EncodingTask] = [.document]
    ) throws {
        pooling = try TokenPooling(
            factor: factor, protectedTokens: protectedTokens, normalizesEmbeddings: normalizesEmbeddings)
        self.tasks = TaskNames(tasks)
    }

    /// The pooled vectors of each text; unchanged if texts of the task are not pooled.
    ///
    /// - Parameters:
    ///   - embeddings: For each text, `[tokens, dimensions]`.
    ///   - task: The task of the texts.
    /// - Returns: For each text, `[fewer tokens, dimensions]`.
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
            // Models without the setting are older than it.
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

    package func tokenUse(_ features: inout Features) -> TokenUse {
        tasks.contain(features.call.task) ? .chosen(features.keptIndices) : .each
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
