// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentencePlots
import SentenceTransformers

/// Which tokens texts have in common, in the embeddings of models that have one number or vector for each token.
enum TokenHeatMap {
    /// How many of its heaviest tokens a text shows at least.
    private static let shownTokens = 20

    /// The weights of a sparse model, or the products of a multi-vector model.
    static func of(_ inputs: [TokenizerInput], _ pipeline: ModelPipeline, _ common: CommonOptions) throws -> HeatMap {
        switch pipeline.kind {
        case .sparseEncoder:
            let model = try SparseEncoder(pipeline: pipeline)
            let embeddings = try model.encoded(
                inputs, common.options(SparseEncodeOptions()), isQuiet: common.quiet)
            return try weights(model.decode(embeddings), inputs.map(\.label))
        case .multiVectorEncoder:
            guard inputs.count == 2 else {
                throw Failure("--tokens compares the tokens of a query and a document; found \(inputs.count) texts")
            }
            let found = try MultiVectorEncoder(pipeline: pipeline).alignment(
                query: inputs[0].text, document: inputs[1].text,
                options: common.options(MultiVectorEncodeOptions()))
            return try HeatMap(
                found.products, rows: found.queryTokens, columns: found.documentTokens,
                title: "Products of token vectors")
        case .sentenceTransformer, .crossEncoder:
            throw Failure("--tokens needs a sparse or a multi-vector model; the model is a \(pipeline.kind.rawValue)")
        }
    }

    /// The weights of the heaviest tokens of all texts in each, those with the largest sum first.
    private static func weights(_ texts: [[TokenWeight]], _ labels: [String]) throws -> HeatMap {
        var sums: [ExactString: Float] = [:]
        for text in texts {
            for token in text.prefix(shownTokens) { sums[ExactString(token.token), default: 0] += token.weight }
        }
        let names = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        let rows = texts.map { text in
            let weights = Dictionary(text.map { (ExactString($0.token), $0.weight) }) { first, _ in first }
            return names.map { weights[$0] ?? 0 }
        }
        return try HeatMap(
            Matrix(rows.flatMap(\.self), rows: rows.count, columns: names.count), rows: labels,
            columns: names.map(\.string), title: "Weights of tokens")
    }
}
