// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
public import SentenceTokenizers

// The asynchronous forms. A closure without `await` calls the blocking form of the same name.
extension SentenceTransformer {
    /// The quantised embeddings of texts, without blocking the caller's thread.
    ///
    /// If the task is cancelled, the computation stops between micro-batches.
    /// - Returns: One row of bytes for each text.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encode(
        _ texts: [String], precision: EmbeddingPrecision, ranges: QuantizationRanges? = nil,
        options: EncodeOptions = .init()
    ) async throws -> QuantizedEmbeddings {
        try await Blocking.run { try self.encode(texts, precision: precision, ranges: ranges, options: options) }
    }

    /// The token vectors of every text, without blocking the caller's thread.
    ///
    /// - Returns: For each text, `[tokens, hiddenSize]`.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encodeTokens(_ inputs: [TokenizerInput], options: EncodeOptions = .init()) async throws -> [Matrix] {
        try await Blocking.run { try self.encodeTokens(inputs, options: options) }
    }

    /// The token vectors of every text with receipts, without blocking the caller's thread.
    ///
    /// - Returns: For each text, `[tokens, hiddenSize]` and a receipt.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encodeTokensWithReceipts(
        _ inputs: [TokenizerInput], options: EncodeOptions = .init()
    ) async throws -> (embeddings: [Matrix], receipts: [TruncationReceipt]) {
        try await Blocking.run { try self.encodeTokensWithReceipts(inputs, options: options) }
    }
}
