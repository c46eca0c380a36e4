// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceTokenizers

/// A model that computes an embedding of each text independently: ``SentenceTransformer``, ``SparseEncoder`` and
/// ``MultiVectorEncoder``.
public protocol TextEncoder: BaseModel {
    /// The embedding of one text.
    associatedtype Embedding: Sendable
    /// The embeddings of many texts, in their order.
    associatedtype Embeddings: Sendable

    /// The options of a call.
    associatedtype Options: TextEncodeOptions

    /// The embeddings of texts or pairs, with the number of tokens that each had and how many were used.
    ///
    /// - Parameters:
    ///   - inputs: Any number of texts or pairs, none included.
    ///   - options: Prompt, task, length, threads and progress.
    /// - Returns: The embeddings in the order of the inputs, and one receipt for each input.
    /// - Throws: ``SentenceTransformersError`` for options out of range, `EncoderError` if the tokenizer does not match
    ///   the model, `CancellationError` if the current task is cancelled.
    func encodeWithReceipts(
        _ inputs: [TokenizerInput], options: Options
    ) throws -> (embeddings: Embeddings, receipts: [TruncationReceipt])

    /// The single embeddings, in their order.
    static func separate(_ embeddings: Embeddings) -> [Embedding]
}

extension TextEncoder {
    /// The embeddings of texts or pairs of texts.
    ///
    /// - Returns: The embeddings in the order of the inputs.
    /// - Throws: As `encodeWithReceipts`.
    public func encode(_ inputs: [TokenizerInput], options: Options = .init()) throws -> Embeddings {
        try encodeWithReceipts(inputs, options: options).embeddings
    }

    /// The embeddings of texts.
    ///
    /// - Parameters:
    ///   - texts: Any number of texts, none included.
    ///   - options: Prompt, task, length, threads, progress, and the settings of this kind of model.
    /// - Returns: The embeddings in the order of the texts.
    /// - Throws: As `encodeWithReceipts`.
    public func encode(_ texts: [String], options: Options = .init()) throws -> Embeddings {
        try encode(texts.map { TokenizerInput($0) }, options: options)
    }

    /// The embedding of one text.
    ///
    /// - Throws: As `encodeWithReceipts`.
    public func encode(_ text: String, options: Options = .init()) throws -> Embedding {
        Self.separate(try encode([text], options: options))[0]
    }

    /// The embeddings of queries, by the model's route for queries and with its prompt named "query", if it has these.
    ///
    /// - Throws: As `encodeWithReceipts`.
    public func encodeQuery(_ texts: [String], options: Options = .init()) throws -> Embeddings {
        try encode(texts, options: self.options(options, for: .query))
    }

    /// The embedding of one query.
    ///
    /// - Throws: As `encodeWithReceipts`.
    public func encodeQuery(_ text: String, options: Options = .init()) throws -> Embedding {
        Self.separate(try encodeQuery([text], options: options))[0]
    }

    /// The embeddings of documents, by the model's route for documents and with its prompt named "document", "passage"
    /// or "corpus", if it has these.
    ///
    /// - Throws: As `encodeWithReceipts`.
    public func encodeDocument(_ texts: [String], options: Options = .init()) throws -> Embeddings {
        try encode(texts, options: self.options(options, for: .document))
    }

    /// The embedding of one document.
    ///
    /// - Throws: As `encodeWithReceipts`.
    public func encodeDocument(_ text: String, options: Options = .init()) throws -> Embedding {
        Self.separate(try encodeDocument([text], options: options))[0]
    }
}
