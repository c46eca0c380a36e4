// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors
package import SentenceTokenizers

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The mean of the embeddings of a text's tokens, without a network: about as fast as tokenising.
///
/// Also reads the files of Model2Vec, whose mapping of ids to rows and token weights are folded into the table.
package struct StaticEmbedding: SubwordInput {
    package static let className = "StaticEmbedding"
    package static let typeName = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"

    private let reader: StaticReader
    private var embedding: EmbeddingTable

    package var subwordTokenizer: Tokenizer { reader.subwordTokenizer }
    package var addsSpecialTokens: Bool { reader.addsSpecialTokens }
    package var maximumSequenceLength: Int? { reader.maximumSequenceLength }

    package init(folder: ModuleFolder) throws {
        reader = try StaticReader(folder: folder)
        let checkpoint = try Checkpoint(directory: folder.url)
        let isModel2Vec = !checkpoint.contains("embedding.weight") && checkpoint.contains("embeddings")
        let name = isModel2Vec ? "embeddings" : "embedding.weight"
        guard checkpoint.contains(name) else {
            throw CheckpointError(
                .mismatch, file: checkpoint.name, "StaticEmbedding finds no tensor \"embedding.weight\"")
        }
        var table = try checkpoint.tensor(named: name)
        guard table.shape.count == 2, table.elementType.isFloatingPoint || isModel2Vec && table.elementType == .int8
        else {
            throw CheckpointError(
                .mismatch, file: checkpoint.name,
                "tensor \"\(name)\" is \(table.shape) of \(table.elementType); expected two dimensions of a floating-point type"
            )
        }
        if isModel2Vec { table = try Self.folded(table, checkpoint) }
        embedding = EmbeddingTable(Parameter(table))
    }

    /// The mean of rows of a table, `[vocabularySize, size]`, in which a tokenizer finds the tokens of a text.
    ///
    /// - Throws: ``CheckpointError`` if the tokenizer truncates texts in an unknown way.
    package init(_ tokenizer: Tokenizer, table: Tensor) throws {
        reader = try StaticReader(tokenizer)
        embedding = EmbeddingTable(Parameter(table))
    }

    /// The table, `[vocabularySize, size]`.
    package var table: Tensor { embedding.weight.tensor }

    /// Model2Vec's table with one row for each token id, multiplied by the tokens' weights.
    private static func folded(_ table: Tensor, _ checkpoint: Checkpoint) throws -> Tensor {
        func vector(_ name: String) throws -> [Float]? {
            guard checkpoint.contains(name) else { return nil }
            let tensor = try checkpoint.tensor(named: name)
            guard tensor.shape.count == 1 else {
                throw CheckpointError(
                    .mismatch, file: checkpoint.name,
                    "tensor \"\(name)\" is \(tensor.shape); expected one dimension")
            }
            return tensor.float32().floats
        }
        let mapping = try vector("mapping"), weights = try vector("weights")
        guard mapping != nil || weights != nil else { return table }
        // A number that is not an integer, such as NaN, becomes -1 and is refused with other invalid rows.
        let rows = mapping?.map { Int(exactly: $0) ?? -1 } ?? Array(0..<table.rows)
        guard rows.allSatisfy({ 0..<table.rows ~= $0 }), weights == nil || weights?.count == rows.count else {
            throw CheckpointError(
                .mismatch, file: checkpoint.name,
                "\"mapping\" and \"weights\" do not fit \"embeddings\" of \(table.rows) rows")
        }
        let gathered = EmbeddingTable.sum([(EmbeddingTable(Parameter(table)), rows.map(Int32.init))])
        return weights.map { gathered.scalingRows(by: $0) } ?? gathered
    }

    package func save(to folder: URL) throws {
        try subwordTokenizer.save(to: folder)
        guard table.elementType == .int8 else { return try saveParameters(to: folder) }
        // Only Model2Vec's layout has whole numbers.
        try SafetensorsWriter.write(
            ["embedding.weight": table.float32()], to: folder.appending(path: "model.safetensors"))
    }

    package func sizes(after sizes: FeatureSizes) -> FeatureSizes {
        FeatureSizes(tokenEmbeddings: nil, sentenceEmbedding: embedding.size)
    }

    package func callAsFunction(_ features: inout Features) throws {
        try Self.check(features.tokens.ids, count: embedding.count)
        let vectors = EmbeddingTable.sum([(embedding, features.tokens.ids)])
        features.sentenceEmbedding = vectors.pooled(features.texts, by: [.mean])
    }

    /// - Throws: ``SentenceTransformersError`` if there are token ids without a row in the table.
    private static func check(_ ids: [Int32], count: Int) throws {
        if let id = ids.first(where: { $0 < 0 || $0 >= count }) {
            throw SentenceTransformersError(
                .mismatchedModules, "the tokenizer gives the id \(id), but the embedding table has \(count) rows")
        }
    }

    package var parameters: [NamedParameter] { [NamedParameter("embedding.weight", embedding.weight)] }
    package mutating func update(_ values: ParameterValues) { embedding.update(values) }
    package var summary: String { "\(embedding.count) tokens, \(embedding.size) dimensions" }
}
