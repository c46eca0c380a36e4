// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
public import SentenceTokenizers

extension SentenceTransformer {
    /// The embeddings of texts.
    ///
    /// - Parameters:
    ///   - texts: Any number of texts, none included.
    ///   - options: Prompt, normalisation, dimensions, threads and progress.
    /// - Returns: `[texts, dimensions]`, in the order of the texts.
    /// - Throws: ``SentenceTransformersError`` for options out of range, ``EncoderError`` if tokenizer and model do not
    ///   belong together, `CancellationError` if the current task is cancelled.
    public func encode(_ texts: [String], options: EncodeOptions = .init()) throws -> Matrix {
        try encode(texts.map { TokenizerInput($0) }, options: options)
    }

    /// The embedding of one text.
    ///
    /// - Returns: `dimensions` numbers.
    public func encode(_ text: String, options: EncodeOptions = .init()) throws -> [Float] {
        try encode([text], options: options).elements
    }

    /// The embeddings of texts or pairs of texts.
    ///
    /// - Returns: `[inputs, dimensions]`.
    public func encode(_ inputs: [TokenizerInput], options: EncodeOptions = .init()) throws -> Matrix {
        try encodeWithReceipts(inputs, options: options).embeddings
    }

    /// The embeddings of queries: with the prompt named "query", where the model has one.
    ///
    /// - Returns: `[texts, dimensions]`.
    public func encodeQuery(_ texts: [String], options: EncodeOptions = .init()) throws -> Matrix {
        try encode(texts, options: self.options(options, for: .query))
    }

    /// The embedding of one query.
    ///
    /// - Returns: `dimensions` numbers.
    public func encodeQuery(_ text: String, options: EncodeOptions = .init()) throws -> [Float] {
        try encodeQuery([text], options: options).elements
    }

    /// The embeddings of documents: with the prompt named "document", "passage" or "corpus", where the model has one.
    ///
    /// - Returns: `[texts, dimensions]`.
    public func encodeDocument(_ texts: [String], options: EncodeOptions = .init()) throws -> Matrix {
        try encode(texts, options: self.options(options, for: .document))
    }

    /// The embedding of one document.
    ///
    /// - Returns: `dimensions` numbers.
    public func encodeDocument(_ text: String, options: EncodeOptions = .init()) throws -> [Float] {
        try encodeDocument([text], options: options).elements
    }

    /// The embeddings of texts or pairs, and for each how many tokens it had and how many were used.
    ///
    /// - Returns: `[inputs, dimensions]`, and one receipt for each input.
    public func encodeWithReceipts(
        _ inputs: [TokenizerInput], options: EncodeOptions = .init()
    ) throws -> (embeddings: Matrix, receipts: [TruncationReceipt]) {
        try encode(inputs, options, Cancellation())
    }

    /// The embeddings of texts in another precision.
    ///
    /// int8 and uint8 take the range of each dimension from the embeddings of this call, if none is given.
    /// - Returns: One row of bytes for each text.
    public func encode(
        _ texts: [String], precision: EmbeddingPrecision, ranges: QuantizationRanges? = nil,
        options: EncodeOptions = .init()
    ) throws -> QuantizedEmbeddings {
        try encode(texts, options: options).quantized(to: precision, ranges: ranges)
    }

    /// The vectors of every text's tokens, special tokens included, before pooling.
    ///
    /// - Returns: For each text `[tokens, size]`.
    public func encodeTokens(_ inputs: [TokenizerInput], options: EncodeOptions = .init()) throws -> [Matrix] {
        try encodeTokensWithReceipts(inputs, options: options).embeddings
    }

    /// The vectors of every text's tokens, and for each text how many tokens it had and how many were used.
    ///
    /// - Returns: For each text `[tokens, size]`, and one receipt for each input.
    public func encodeTokensWithReceipts(
        _ inputs: [TokenizerInput], options: EncodeOptions = .init()
    ) throws -> (embeddings: [Matrix], receipts: [TruncationReceipt]) {
        let results = ResultList<Matrix>(count: inputs.count)
        let receipts = try EncodeJob(self, options).run(inputs) { features, indices in
            guard let tokens = features.tokenEmbeddings else { return }
            for (text, index) in indices.enumerated() {
                // A copy, so that one text does not keep its whole micro-batch alive.
                let rows = tokens.rowRange(features.texts[text])
                results[index] = Matrix(rows.floats, rows: rows.rows, columns: rows.columns)
            }
        }
        return (results.all, receipts)
    }

    func encode(
        _ inputs: [TokenizerInput], _ options: EncodeOptions, _ cancellation: Cancellation
    ) throws -> (embeddings: Matrix, receipts: [TruncationReceipt]) {
        let job = try EncodeJob(self, options, cancellation)
        let dimension = min(options.truncateDimension ?? truncateDimension ?? .max, embeddingDimension)
        let embeddings = Tensor.zeros([inputs.count, dimension])
        let receipts = try job.run(inputs) { features, indices in
            guard var rows = features.sentenceEmbedding else { return }
            if dimension < rows.columns { rows = rows.prefixingColumns(dimension) }
            if options.normalizeEmbeddings { rows = rows.normalized() }
            embeddings.scatterRows(rows, to: indices)
        }
        return (Matrix(embeddings), receipts)
    }
}
