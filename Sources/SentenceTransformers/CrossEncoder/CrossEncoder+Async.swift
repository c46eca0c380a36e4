// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
public import SentenceTokenizers

// The forms for asynchronous callers. A closure without `await` calls the blocking form of the same name.
extension CrossEncoder {
    /// The scores of pairs, without blocking the caller's thread.
    ///
    /// A cancelled task stops it between micro-batches.
    /// - Returns: `[pairs, labels]`, in the order of the pairs.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func predict(_ pairs: [(String, String)], options: PredictOptions = .init()) async throws -> Matrix {
        try await Blocking.run { try self.predict(pairs, options: options) }
    }

    /// The scores of pairs, without blocking the caller's thread.
    ///
    /// - Returns: `[pairs, labels]`, in the order of the pairs.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func predict(_ pairs: [TokenizerInput], options: PredictOptions = .init()) async throws -> Matrix {
        try await Blocking.run { try self.predict(pairs, options: options) }
    }

    /// The score of one pair by a model with one label, without blocking the caller's thread.
    ///
    /// - Throws: As the blocking form, and `CancellationError`.
    public func predict(_ first: String, _ second: String, options: PredictOptions = .init()) async throws -> Float {
        try await Blocking.run { try self.predict(first, second, options: options) }
    }

    /// The scores of pairs with their receipts, without blocking the caller's thread.
    ///
    /// - Returns: `[pairs, labels]` in the order of the pairs, and one receipt for each.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func predictWithReceipts(
        _ pairs: [TokenizerInput], options: PredictOptions = .init()
    ) async throws -> (scores: Matrix, receipts: [TruncationReceipt]) {
        try await Blocking.run { try self.predictWithReceipts(pairs, options: options) }
    }

    /// The documents that answer a query best, best first, without blocking the caller's thread.
    ///
    /// - Returns: The documents with their scores.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func rank(
        _ query: String, documents: [String], topK: Int? = nil, options: PredictOptions = .init()
    ) async throws -> [RankedDocument] {
        try await Blocking.run { try self.rank(query, documents: documents, topK: topK, options: options) }
    }

    /// The documents that answer a query best with receipts, without blocking the caller's thread.
    ///
    /// - Returns: The documents, best first, and one receipt for each of all documents, in their order.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func rankWithReceipts(
        _ query: String, documents: [String], topK: Int? = nil, options: PredictOptions = .init()
    ) async throws -> (documents: [RankedDocument], receipts: [TruncationReceipt]) {
        try await Blocking.run { try self.rankWithReceipts(query, documents: documents, topK: topK, options: options) }
    }

    /// The scores of pairs that come one by one, in their order.
    ///
    /// - Parameters:
    ///   - pairs: Any number of pairs; read no further than one window ahead of the scores that are taken.
    ///   - windowSize: Pairs that are scored together. More make better use of the processor, fewer come earlier.
    ///   - options: As for an array; progress counts within a window.
    /// - Returns: For each pair one score for each label. Iterating throws what `predict` and the pairs throw, the
    ///   latter after the scores of the pairs before, and `CancellationError`.
    public func predict<Pairs: AsyncSequence>(
        _ pairs: Pairs, windowSize: Int = 1024, options: PredictOptions = .init()
    ) -> WindowedResults<Pairs, [Float]> where Pairs.Element == TokenizerInput {
        WindowedResults(pairs, windowSize: windowSize) { try self.predict($0, options: options).map { Array($0) } }
    }
}
