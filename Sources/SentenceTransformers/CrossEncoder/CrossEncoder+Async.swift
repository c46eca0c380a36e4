// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceTokenizers

extension CrossEncoder {
    /// `predict` without blocking the caller's thread; a cancelled task stops it between micro-batches.
    ///
    /// - Returns: `[pairs, labels]`, in the order of the pairs.
    /// - Throws: As ``predictWithReceipts(_:options:)``, and `CancellationError`.
    public func predictAsync(_ pairs: [(String, String)], options: PredictOptions = .init()) async throws -> Matrix {
        try await predictAsync(pairs.map { TokenizerInput($0, pair: $1) }, options: options).scores
    }

    /// `predict` of one pair without blocking the caller's thread.
    ///
    /// - Throws: ``SentenceTransformersError`` if the model has several labels; else as `predictAsync` of many.
    public func predictAsync(
        _ first: String, _ second: String, options: PredictOptions = .init()
    ) async throws -> Float {
        try await Blocking.run { try self.predict(first, second, options: options) }
    }

    /// `predictWithReceipts` without blocking the caller's thread.
    ///
    /// - Returns: `[pairs, labels]` in the order of the pairs, and one receipt for each.
    public func predictAsync(
        _ pairs: [TokenizerInput], options: PredictOptions = .init()
    ) async throws -> (scores: Matrix, receipts: [TruncationReceipt]) {
        try await Blocking.run { try self.predictWithReceipts(pairs, options: options) }
    }

    /// `rank` without blocking the caller's thread; a cancelled task stops it between micro-batches.
    ///
    /// - Returns: The documents, best first.
    public func rankAsync(
        _ query: String, documents: [String], topK: Int? = nil, options: PredictOptions = .init()
    ) async throws -> [RankedDocument] {
        try await Blocking.run { try self.rank(query, documents: documents, topK: topK, options: options) }
    }
}
