// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTokenizers
import SentenceTransformers
import Synchronization

/// The embeddings that a model gives single tokens, between the special tokens that it puts around a text.
struct TokenVectors {
    private let teacher: SentenceTransformer
    private let threads: Int
    /// The special tokens before and after those of a text.
    private let before: [Int32]
    private let after: [Int32]
    private let typeID: Int32
    /// Whether the special tokens are left out of the mean of a text, since they are in each.
    private let leavesOutSpecial: Bool

    /// Tokens that run through the model together, with two special ones each: as many as of usual texts.
    private static let batchSize = 64

    init(_ teacher: SentenceTransformer, threads: Int?) throws {
        self.teacher = teacher
        self.threads = threads ?? Parallel.availableThreads
        let route = try teacher.pipeline.route(for: nil)
        // What two texts of different tokens have in common at both ends.
        let texts = try route.input.tokenize(
            [TokenizerInput("a"), TokenizerInput("1")], prompt: "", maximumLength: nil, task: nil)
        let (a, b) = (Array(texts.ids[texts.tokenRange(at: 0)]), Array(texts.ids[texts.tokenRange(at: 1)]))
        let first = zip(a, b).prefix { $0 == $1 }.count
        let last = zip(a.reversed(), b.reversed()).prefix { $0 == $1 }.count
        before = Array(a.prefix(first))
        after = Array(a.suffix(min(last, a.count - first)))
        typeID = texts.typeIDs.first ?? 0
        leavesOutSpecial =
            route.modules.first is Transformer && (route.modules.dropFirst().first as? Pooling)?.reductions == [.mean]
    }

    /// The embeddings of tokens by their ids, `[tokens, dimensions]`.
    func callAsFunction(_ tokens: [Int32]) throws -> Matrix {
        let route = try teacher.pipeline.route(for: nil)
        let parts = stride(from: 0, to: tokens.count, by: Self.batchSize).map {
            Array(tokens[$0..<min($0 + Self.batchSize, tokens.count)])
        }
        let precision = teacher.computePrecision.precision
        let found = Mutex([Tensor?](repeating: nil, count: parts.count))
        try Execution.with(precision: precision, threads: threads) {
            try Parallel.forEach(
                parts.count,
                throwing: { index in
                    var features = Features(.tokens(batch(of: parts[index])))
                    if leavesOutSpecial {
                        let size = before.count + 1 + after.count
                        features.keep(only: parts[index].indices.map { $0 * size + before.count })
                        try route.first(&features)
                        try route(&features, from: 1)
                    } else {
                        try route(&features)
                    }
                    guard let vectors = features.sentenceEmbedding else {
                        throw TrainingError(.mismatchedLoss, "the teacher's modules give no sentence embedding")
                    }
                    found.withLock { $0[index] = vectors }
                })
        }
        return Matrix(.above(found.withLock { $0.compactMap(\.self) }))
    }

    private func batch(of tokens: [Int32]) -> TokenBatch {
        var batch = TokenBatch()
        for token in tokens {
            batch.ids += before + [token] + after
            batch.offsets.append(Int32(batch.ids.count))
            batch.untruncatedCounts.append(Int32(before.count + 1 + after.count))
        }
        batch.typeIDs = batch.ids.map { _ in typeID }
        return batch
    }
}
