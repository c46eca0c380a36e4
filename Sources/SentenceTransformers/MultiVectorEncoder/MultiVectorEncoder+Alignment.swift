// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
import SentenceTensors
import SentenceTokenizers

/// Which tokens of a query and a document match each other.
public struct TokenAlignment: Sendable {
    /// The products of all token vectors, `[queryTokens, documentTokens]`; MaxSim adds up the largest of each row.
    public let products: Matrix
    /// The tokens of the query that have a vector, as spelled in the vocabulary.
    public let queryTokens: [String]
    /// Those of the document.
    public let documentTokens: [String]
}

extension MultiVectorEncoder {
    /// Which tokens of a query and a document match each other, as an explanation of their MaxSim.
    ///
    /// - Parameters:
    ///   - query: The query, encoded as by `encodeQuery`.
    ///   - document: The document, encoded as by `encodeDocument`.
    ///   - options: Prompt, length and threads; vectors are not pooled, so that each stands for a token.
    /// - Returns: The products and the tokens.
    /// - Throws: As `encodeWithReceipts`.
    public func alignment(
        query: String, document: String, options: MultiVectorEncodeOptions = .init()
    ) throws -> TokenAlignment {
        let (queryVectors, queryTokens) = try vectorsWithTokens(query, self.options(options, for: .query))
        let (documentVectors, documentTokens) = try vectorsWithTokens(document, self.options(options, for: .document))
        return TokenAlignment(
            products: try SimilarityFunction.dot(queryVectors, documentVectors), queryTokens: queryTokens,
            documentTokens: documentTokens)
    }

    private func vectorsWithTokens(
        _ text: String, _ options: MultiVectorEncodeOptions
    ) throws -> (Matrix, [String]) {
        let results = ResultList<(Matrix, [Int32])>(count: 1)
        _ = try EncodeJob(pipeline, options, reading: .tokens).run([TokenizerInput(text)]) { features, _ in
            var features = features
            let ids = Array(features.tokens.ids), kept = features.keptTokens
            features.dropUnkeptTokens()
            guard var vectors = features.tokenEmbeddings else { return }
            if options.normalizeEmbeddings { vectors = vectors.normalized() }
            results[0] = (
                Matrix(Tensor(vectors.floats, shape: vectors.shape)),
                ids.indices.filter { kept?[$0] ?? true }.map { ids[$0] }
            )
        }
        let (vectors, ids) = results.all[0]
        guard ids.count == vectors.rows else {
            throw SentenceTransformersError(
                .unsupportedModel,
                "the model makes \(vectors.rows) vectors of \(ids.count) tokens; an alignment needs one for each")
        }
        return (vectors, ids.map { tokenizer?.token(of: $0) ?? "\($0)" })
    }
}
