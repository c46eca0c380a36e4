// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
import SentenceTensors
public import SentenceTokenizers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension CrossEncoder {
    /// The scores of pairs.
    ///
    /// Place pairs with the same first text next to each other, so that the text is tokenised only once.
    ///
    /// - Parameters:
    ///   - pairs: Any number of pairs, none included.
    ///   - options: Activation, prompt, length, threads and progress.
    /// - Returns: `[pairs, labels]`, in the order of the pairs.
    /// - Throws: As `predictWithReceipts`.
    public func predict(_ pairs: [(String, String)], options: PredictOptions = .init()) throws -> Matrix {
        try predict(pairs.map { TokenizerInput($0, pair: $1) }, options: options)
    }

    /// The scores of pairs.
    ///
    /// - Returns: `[pairs, labels]`, in the order of the pairs.
    /// - Throws: As `predictWithReceipts`.
    public func predict(_ pairs: [TokenizerInput], options: PredictOptions = .init()) throws -> Matrix {
        try predictWithReceipts(pairs, options: options).scores
    }

    /// The score of one pair by a model with one label.
    ///
    /// - Throws: ``SentenceTransformersError`` if the model has several labels; else as
    ///   `predictWithReceipts`.
    public func predict(_ first: String, _ second: String, options: PredictOptions = .init()) throws -> Float {
        try requireOneLabel(for: "a single score")
        return try predict([(first, second)], options: options)[0, 0]
    }

    /// The scores of pairs, with the number of tokens that each had and how many were used.
    ///
    /// - Returns: `[pairs, labels]` in the order of the pairs, and one receipt for each.
    /// - Throws: ``SentenceTransformersError`` for options out of range and for inputs that are not pairs,
    ///   `EncoderError` if the tokenizer does not match the model, `CancellationError` if the current task is
    ///   cancelled.
    public func predictWithReceipts(
        _ pairs: [TokenizerInput], options: PredictOptions = .init()
    ) throws -> (scores: Matrix, receipts: [TruncationReceipt]) {
        if let index = pairs.firstIndex(where: { $0.pair == nil }) {
            throw SentenceTransformersError(
                .invalidArgument, "input \(index) is a single text; a \(Self.kind.rawValue) scores pairs of texts")
        }
        let scores = RowCollector(rows: pairs.count, columns: labelCount)
        let (activation, needsSoftmax) = (options.activation ?? activation, options.appliesSoftmax && labelCount > 1)
        let receipts = try EncodeJob(pipeline, options, reading: .vectors).run(pairs) { features, placement in
            guard let logits = features.scores else { return }
            let rows = activation(logits)
            scores.put(placement.rows(of: needsSoftmax ? rows.softmax() : rows), at: placement.indices)
        }
        return (Matrix(scores.finish()), receipts)
    }

    /// - Throws: ``SentenceTransformersError`` if a pair has several scores.
    func requireOneLabel(for purpose: String) throws {
        guard labelCount != 1 else { return }
        throw SentenceTransformersError(
            .invalidArgument,
            "the model in \(directory.path) has \(labelCount) labels (\(labelNames.joined(separator: ", "))), which is "
                + "too many for \(purpose); call predict with an array of pairs")
    }
}
