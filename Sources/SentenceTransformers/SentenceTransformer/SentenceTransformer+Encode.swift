// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
import SentenceTensors
public import SentenceTokenizers

extension SentenceTransformer {
    /// The embeddings of texts or pairs, with the number of tokens that each had and how many were used.
    ///
    /// - Returns: `[inputs, dimensions]`, and one receipt for each input.
    /// - Throws: ``SentenceTransformersError`` for options out of range, `EncoderError` if the tokenizer does not match
    ///   the model, `CancellationError` if the current task is cancelled.
    public func encodeWithReceipts(
        _ inputs: [TokenizerInput], options: EncodeOptions = .init()
    ) throws -> (embeddings: Matrix, receipts: [TruncationReceipt]) {
        try SentenceTransformersError.requirePositive(options.truncateDimension, "truncateDimension")
        let job = try EncodeJob(pipeline, options, reading: .vectors)
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

    /// The rows of the matrix.
    public static func separate(_ embeddings: Matrix) -> [[Float]] { embeddings.map { Array($0) } }

    /// The embeddings of texts, quantised to another precision.
    ///
    /// Without given ranges, int8 and uint8 use the range of each dimension in the embeddings of this call.
    /// - Returns: One row of bytes for each text.
    /// - Throws: The errors of `encode`, and ``SearchError`` with code `invalidArgument` as
    ///   ``quantizeEmbeddings(_:precision:ranges:)`` does.
    public func encode(
        _ texts: [String], precision: EmbeddingPrecision, ranges: QuantizationRanges? = nil,
        options: EncodeOptions = .init()
    ) throws -> QuantizedEmbeddings {
        try quantizeEmbeddings(encode(texts, options: options), precision: precision, ranges: ranges)
    }

    /// The token vectors of every text, special tokens included, before pooling.
    ///
    /// Normalisation and truncation of dimensions do not apply to them, only to sentence embeddings.
    /// - Returns: For each text, `[tokens, hiddenSize]`.
    public func encodeTokens(_ inputs: [TokenizerInput], options: EncodeOptions = .init()) throws -> [Matrix] {
        try encodeTokensWithReceipts(inputs, options: options).embeddings
    }

    /// The token vectors of every text, with the number of tokens that it had and how many were used.
    ///
    /// - Returns: For each text, `[tokens, hiddenSize]` and a receipt.
    public func encodeTokensWithReceipts(
        _ inputs: [TokenizerInput], options: EncodeOptions = .init()
    ) throws -> (embeddings: [Matrix], receipts: [TruncationReceipt]) {
        let results = ResultList<Matrix>(count: inputs.count)
        let receipts = try EncodeJob(pipeline, options, reading: .tokens).run(inputs) { features, placement in
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
