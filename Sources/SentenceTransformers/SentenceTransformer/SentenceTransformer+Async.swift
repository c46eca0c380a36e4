// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
public import SentenceTokenizers

// The forms for asynchronous callers. A closure without `await` calls the blocking form of the same name.
extension SentenceTransformer {
    /// The embeddings of texts in another precision, without blocking the caller's thread.
    ///
    /// A cancelled task stops it between micro-batches.
    /// - Returns: One row of bytes for each text.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encode(
        _ texts: [String], precision: EmbeddingPrecision, ranges: QuantizationRanges? = nil,
        options: EncodeOptions = .init()
    ) async throws -> QuantizedEmbeddings {
        try await Blocking.run { try self.encode(texts, precision: precision, ranges: ranges, options: options) }
    }

    /// The vectors of every text's tokens, without blocking the caller's thread.
    ///
    /// - Returns: For each text `[tokens, size]`.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encodeTokens(_ inputs: [TokenizerInput], options: EncodeOptions = .init()) async throws -> [Matrix] {
        try await Blocking.run { try self.encodeTokens(inputs, options: options) }
    }

    /// The vectors of every text's tokens with receipts, without blocking the caller's thread.
    ///
    /// - Returns: For each text `[tokens, size]`, and one receipt for each input.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encodeTokensWithReceipts(
        _ inputs: [TokenizerInput], options: EncodeOptions = .init()
    ) async throws -> (embeddings: [Matrix], receipts: [TruncationReceipt]) {
        try await Blocking.run { try self.encodeTokensWithReceipts(inputs, options: options) }
    }
}
