// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
import SentenceTensors
public import SentenceTokenizers

extension SentenceTransformer {
    /// The embeddings of texts or pairs, and for each how many tokens it had and how many were used.
    ///
    /// - Returns: `[inputs, dimensions]`, and one receipt for each input.
    /// - Throws: ``SentenceTransformersError`` for options out of range, `EncoderError` if tokenizer and model do not
    ///   belong together, `CancellationError` if the current task is cancelled.
    public func encodeWithReceipts(
        _ inputs: [TokenizerInput], options: EncodeOptions = .init()
    ) throws -> (embeddings: Matrix, receipts: [TruncationReceipt]) {
        try SentenceTransformersError.requirePositive(options.truncateDimension, "truncateDimension")
        let job = try EncodeJob(pipeline, options)
        let dimension = min(options.truncateDimension ?? truncateDimension ?? .max, embeddingDimension)
        let embeddings = RowCollector(rows: inputs.count, columns: dimension)
        let receipts = try job.run(inputs) { features, placement in
            guard var rows = features.sentenceEmbedding else { return }
            if dimension < rows.columns { rows = rows.columnRange(0..<dimension) }
            if options.normalizeEmbeddings { rows = rows.normalized() }
            embeddings.put(placement.rows(of: rows), at: placement.indices)
        }
        return (Matrix(embeddings.finish()), receipts)
    }

    /// The rows.
    public static func separate(_ embeddings: Matrix) -> [[Float]] { embeddings.map { Array($0) } }

    /// The embeddings of texts in another precision.
    ///
    /// int8 and uint8 take the range of each dimension from the embeddings of this call, if none is given.
    /// - Returns: One row of bytes for each text.
    /// - Throws: What `encode` throws, and ``SearchError`` with code `invalidArgument` for what
    ///   ``quantizeEmbeddings(_:precision:ranges:)`` refuses.
    public func encode(
        _ texts: [String], precision: EmbeddingPrecision, ranges: QuantizationRanges? = nil,
        options: EncodeOptions = .init()
    ) throws -> QuantizedEmbeddings {
        try quantizeEmbeddings(encode(texts, options: options), precision: precision, ranges: ranges)
    }

    /// The vectors of every text's tokens, special tokens included, before pooling.
    ///
    /// They are whole and as the model gives them: normalisation and truncation are of sentence embeddings.
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
        let receipts = try EncodeJob(pipeline, options).run(inputs) { features, placement in
            guard let tokens = features.tokenEmbeddings else { return }
            for (text, index) in placement.pairs {
                // A copy, so that one text does not keep its whole micro-batch alive.
                let rows = tokens.rowRange(features.texts[text])
                results[index] = Matrix(Tensor(rows.floats, shape: rows.shape))
            }
        }
        return (results.all, receipts)
    }
}
