// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceTokenizers

extension TextEncoder {
    /// `encode` without blocking the caller's thread; a cancelled task stops it between micro-batches.
    ///
    /// - Returns: The embeddings in the order of the texts.
    /// - Throws: As `encodeWithReceipts`, and `CancellationError`.
    public func encodeAsync(_ texts: [String], options: Options = .init()) async throws -> Embeddings {
        try await encodeAsync(texts.map { TokenizerInput($0) }, options: options).embeddings
    }

    /// `encode` of one text without blocking the caller's thread.
    ///
    /// - Throws: As `encodeAsync` of many.
    public func encodeAsync(_ text: String, options: Options = .init()) async throws -> Embedding {
        Self.separate(try await encodeAsync([text], options: options))[0]
    }

    /// `encodeWithReceipts` without blocking the caller's thread.
    ///
    /// - Returns: The embeddings in the order of the inputs, and one receipt for each input.
    /// - Throws: As `encodeWithReceipts`, and `CancellationError`.
    public func encodeAsync(
        _ inputs: [TokenizerInput], options: Options = .init()
    ) async throws -> (embeddings: Embeddings, receipts: [TruncationReceipt]) {
        try await Blocking.run { try self.encodeWithReceipts(inputs, options: options) }
    }

    /// `encodeQuery` without blocking the caller's thread.
    ///
    /// - Throws: As `encodeAsync`.
    public func encodeQueryAsync(_ texts: [String], options: Options = .init()) async throws -> Embeddings {
        try await encodeAsync(texts, options: self.options(options, for: .query))
    }

    /// `encodeQuery` of one text without blocking the caller's thread.
    ///
    /// - Throws: As `encodeAsync`.
    public func encodeQueryAsync(_ text: String, options: Options = .init()) async throws -> Embedding {
        try await encodeAsync(text, options: self.options(options, for: .query))
    }

    /// `encodeDocument` without blocking the caller's thread.
    ///
    /// - Throws: As `encodeAsync`.
    public func encodeDocumentAsync(_ texts: [String], options: Options = .init()) async throws -> Embeddings {
        try await encodeAsync(texts, options: self.options(options, for: .document))
    }

    /// `encodeDocument` of one text without blocking the caller's thread.
    ///
    /// - Throws: As `encodeAsync`.
    public func encodeDocumentAsync(_ text: String, options: Options = .init()) async throws -> Embedding {
        try await encodeAsync(text, options: self.options(options, for: .document))
    }
}
