// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
public import SentenceTokenizers

extension SentenceTransformer {
    /// `encode` in another precision without blocking the caller's thread.
    ///
    /// - Returns: One row of bytes for each text.
    /// - Throws: As `encode`, and `CancellationError`.
    public func encodeAsync(
        _ texts: [String], precision: EmbeddingPrecision, ranges: QuantizationRanges? = nil,
        options: EncodeOptions = .init()
    ) async throws -> QuantizedEmbeddings {
        try await Blocking.run { try self.encode(texts, precision: precision, ranges: ranges, options: options) }
    }

    /// `encodeTokens` without blocking the caller's thread; a cancelled task stops it between micro-batches.
    ///
    /// - Returns: For each text `[tokens, size]`.
    /// - Throws: As `encodeTokens`, and `CancellationError`.
    public func encodeTokensAsync(
        _ inputs: [TokenizerInput], options: EncodeOptions = .init()
    ) async throws -> [Matrix] {
        try await encodeTokensWithReceiptsAsync(inputs, options: options).embeddings
    }

    /// `encodeTokensWithReceipts` without blocking the caller's thread.
    ///
    /// - Returns: For each text `[tokens, size]`, and one receipt for each input.
    /// - Throws: As `encodeTokensWithReceipts`, and `CancellationError`.
    public func encodeTokensWithReceiptsAsync(
        _ inputs: [TokenizerInput], options: EncodeOptions = .init()
    ) async throws -> (embeddings: [Matrix], receipts: [TruncationReceipt]) {
        try await Blocking.run { try self.encodeTokensWithReceipts(inputs, options: options) }
    }
}
