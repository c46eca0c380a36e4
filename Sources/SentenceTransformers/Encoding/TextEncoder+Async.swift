// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceTokenizers

// The asynchronous forms. A closure without `await` calls the blocking form of the same name.
extension TextEncoder {
    /// The embeddings of texts or pairs with their receipts, without blocking the caller's thread.
    ///
    /// If the task is cancelled, the computation stops between micro-batches.
    /// - Returns: The embeddings in the order of the inputs, and one receipt for each input.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encodeWithReceipts(
        _ inputs: [TokenizerInput], options: Options = .init()
    ) async throws -> (embeddings: Embeddings, receipts: [TruncationReceipt]) {
        try await Blocking.run { try self.encodeWithReceipts(inputs, options: options) }
    }

    /// The embeddings of texts or pairs, without blocking the caller's thread.
    ///
    /// - Returns: The embeddings in the order of the inputs.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encode(_ inputs: [TokenizerInput], options: Options = .init()) async throws -> Embeddings {
        try await Blocking.run { try self.encode(inputs, options: options) }
    }

    /// The embeddings of texts, without blocking the caller's thread.
    ///
    /// - Returns: The embeddings in the order of the texts.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encode(_ texts: [String], options: Options = .init()) async throws -> Embeddings {
        try await Blocking.run { try self.encode(texts, options: options) }
    }

    /// The embedding of one text, without blocking the caller's thread.
    ///
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encode(_ text: String, options: Options = .init()) async throws -> Embedding {
        try await Blocking.run { try self.encode(text, options: options) }
    }

    /// The embeddings of queries, without blocking the caller's thread.
    ///
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encodeQuery(_ texts: [String], options: Options = .init()) async throws -> Embeddings {
        try await Blocking.run { try self.encodeQuery(texts, options: options) }
    }

    /// The embedding of one query, without blocking the caller's thread.
    ///
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encodeQuery(_ text: String, options: Options = .init()) async throws -> Embedding {
        try await Blocking.run { try self.encodeQuery(text, options: options) }
    }

    /// The embeddings of documents, without blocking the caller's thread.
    ///
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encodeDocument(_ texts: [String], options: Options = .init()) async throws -> Embeddings {
        try await Blocking.run { try self.encodeDocument(texts, options: options) }
    }

    /// The embedding of one document, without blocking the caller's thread.
    ///
    /// - Throws: As the blocking form, and `CancellationError`.
    public func encodeDocument(_ text: String, options: Options = .init()) async throws -> Embedding {
        try await Blocking.run { try self.encodeDocument(text, options: options) }
    }
}
