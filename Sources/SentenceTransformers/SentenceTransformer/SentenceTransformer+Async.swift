// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceTokenizers

extension SentenceTransformer {
    /// `encode` without blocking the caller's thread; a cancelled task stops it between micro-batches.
    ///
    /// - Returns: `[texts, dimensions]`, in the order of the texts.
    /// - Throws: As `encode`, and `CancellationError`.
    public func encodeAsync(_ texts: [String], options: EncodeOptions = .init()) async throws -> Matrix {
        try await encodeAsync(texts.map { TokenizerInput($0) }, options: options).embeddings
    }

    /// `encode` of one text without blocking the caller's thread.
    ///
    /// - Returns: `dimensions` numbers.
    public func encodeAsync(_ text: String, options: EncodeOptions = .init()) async throws -> [Float] {
        try await encodeAsync([text], options: options).elements
    }

    /// `encodeWithReceipts` without blocking the caller's thread.
    ///
    /// - Returns: `[inputs, dimensions]`, and one receipt for each input.
    public func encodeAsync(
        _ inputs: [TokenizerInput], options: EncodeOptions = .init()
    ) async throws -> (embeddings: Matrix, receipts: [TruncationReceipt]) {
        try await Blocking.run { try self.encode(inputs, options, $0) }
    }

    /// `encodeQuery` without blocking the caller's thread.
    ///
    /// - Returns: `[texts, dimensions]`.
    public func encodeQueryAsync(_ texts: [String], options: EncodeOptions = .init()) async throws -> Matrix {
        try await encodeAsync(texts, options: self.options(options, for: .query))
    }

    /// `encodeDocument` without blocking the caller's thread.
    ///
    /// - Returns: `[texts, dimensions]`.
    public func encodeDocumentAsync(_ texts: [String], options: EncodeOptions = .init()) async throws -> Matrix {
        try await encodeAsync(texts, options: self.options(options, for: .document))
    }
}
