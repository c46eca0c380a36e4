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

/// A table with a vector for each word, such as GloVe or word2vec.
package struct WordEmbeddings: InputModule {
    package static let className = "WordEmbeddings"
    package static let typeName = "sentence_transformers.sentence_transformer.modules.word_embeddings.WordEmbeddings"
    private static let file = "wordembedding_config.json"

    private let words: WhitespaceTokenizer
    private var table: EmbeddingTable
    private let updatesEmbeddings: Bool
    package let maximumSequenceLength: Int?

    package var tokenizer: Tokenizer? { nil }

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(Self.file, known: .wordEmbeddings)
        let tokenizerClass = try config.string("tokenizer_class")
        guard tokenizerClass.hasPrefix("sentence_transformers."), tokenizerClass.hasSuffix(".WhitespaceTokenizer")
        else {
            throw config.error("tokenizer_class", "supported: WhitespaceTokenizer")
        }
        words = try WhitespaceTokenizer(folder: folder)
        updatesEmbeddings = try config.bool("update_embeddings", default: false)
        maximumSequenceLength = try config.optionalInt("max_seq_length")
        if let maximumSequenceLength, maximumSequenceLength < 1 {
            throw config.error("max_seq_length", "expected a positive number")
        }
        let checkpoint = try Checkpoint(directory: folder.url)
        let size = checkpoint.entry(named: "emb_layer.weight")?.shape.last ?? 0
        table = EmbeddingTable(try folder.parameters([("emb_layer.weight", [words.vocabulary.count, size])])[0])
    }

    package func tokenize(
        _ inputs: [TokenizerInput], prompt: String, maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        try words.tokenize(inputs.prompted(prompt), maximumLength: maximumLength)
    }

    package func promptLength(_ prompt: String, maximumLength: Int?) -> Int {
        min(words.ids(of: prompt).count, maximumLength ?? .max)
    }

    package func save(to folder: URL) throws {
        try JSONValue.object([
            "tokenizer_class": .string(WhitespaceTokenizer.typeName), "update_embeddings": .bool(updatesEmbeddings),
            "max_seq_length": maximumSequenceLength.map(JSONValue.int) ?? .null,
        ]).write(to: folder.appending(path: Self.file))
        try words.save(to: folder)
        try saveParameters(to: folder)
    }

    package func sizes(after sizes: FeatureSizes) -> FeatureSizes {
        FeatureSizes(tokenEmbeddings: table.size, sentenceEmbedding: nil)
    }

    package func callAsFunction(_ features: inout Features) {
        features.tokenEmbeddings = EmbeddingTable.sum([(table, features.tokens.ids)])
    }

    package var parameters: [NamedParameter] {
        [NamedParameter("emb_layer.weight", table.weight, isFrozen: !updatesEmbeddings)]
    }
    package mutating func update(_ values: ParameterValues) { table.update(values) }
    package var summary: String { "\(table.count) words, \(table.size) dimensions" }
}
