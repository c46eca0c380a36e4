// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
public import SentenceTokenizers

// The asynchronous forms. A closure without `await` calls the blocking form of the same name.
extension CrossEncoder {
    /// The scores of pairs, without blocking the caller's thread.
    ///
    /// If the task is cancelled, the computation stops between micro-batches.
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

    /// The documents that answer a query best, with receipts, without blocking the caller's thread.
    ///
    /// - Returns: The documents, best first, and one receipt for every document, in the order of `documents`.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func rankWithReceipts(
        _ query: String, documents: [String], topK: Int? = nil, options: PredictOptions = .init()
    ) async throws -> (documents: [RankedDocument], receipts: [TruncationReceipt]) {
        try await Blocking.run { try self.rankWithReceipts(query, documents: documents, topK: topK, options: options) }
    }

    /// The scores of a stream of pairs, in their order.
    ///
    /// - Parameters:
    ///   - pairs: Any number of pairs; reading stays at most one window ahead of the scores that are consumed.
    ///   - windowSize: The number of pairs scored together. A larger window uses the processor better; a smaller one
    ///     gives results sooner.
    ///   - options: As for an array; progress counts within a window.
    /// - Returns: For each pair, one score for each label. Iterating throws the errors of `predict`, those of the
    ///   sequence of pairs (after the scores of the pairs that came before), and `CancellationError`.
    public func predict<Pairs: AsyncSequence>(
        _ pairs: Pairs, windowSize: Int = 1024, options: PredictOptions = .init()
    ) -> WindowedResults<Pairs, [Float]> where Pairs.Element == TokenizerInput {
        WindowedResults(pairs, windowSize: windowSize) { try self.predict($0, options: options).map { Array($0) } }
    }
}
