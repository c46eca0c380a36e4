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

/// A fixed weight for each token of a text, such as its inverse document frequency: encodes queries without a network.
package struct SparseStaticEmbedding: SubwordInput {
    package static let className = "SparseStaticEmbedding"
    package static let typeName =
        "sentence_transformers.sparse_encoder.modules.sparse_static_embedding.SparseStaticEmbedding"

    package let subwordTokenizer: Tokenizer
    private var weights: Parameter
    private let isFrozen: Bool

    package var addsSpecialTokens: Bool { false }
    package var maximumSequenceLength: Int? { subwordTokenizer.modelMaxLength }

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(isOptional: true, known: .sparseStaticEmbedding)
        isFrozen = try config.bool("frozen", default: false)
        subwordTokenizer = try Tokenizer(directory: folder.url)
        if let path = try config.optionalString("path"), path.hasSuffix(".json") {
            weights = Parameter(try Self.weights(of: subwordTokenizer, in: folder, path, config))
        } else {
            let checkpoint = try Checkpoint(directory: folder.url)
            guard let shape = checkpoint.entry(named: "weight")?.shape, shape.count == 1 else {
                throw CheckpointError(
                    .mismatch, file: checkpoint.name, "expected a tensor \"weight\" of one dimension")
            }
            weights = try folder.parameters([("weight", shape)])[0]
        }
    }

    /// Reads weights from a file that lists tokens, the format of early models.
    private static func weights(
        of tokenizer: Tokenizer, in folder: ModuleFolder, _ path: String, _ config: ModelConfig
    ) throws -> Tensor {
        // The path refers to the machine that wrote it; the file of that name is in this folder.
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let file = try ModelConfig(url: folder.subfolder(name).url, name: name)
        var values = [Float](repeating: 0, count: tokenizer.vocabularySize)
        for (token, weight) in file.values {
            guard let weight = weight.asDouble else { throw file.error(token.string, "expected a number") }
            guard let id = tokenizer.id(of: token.string) ?? tokenizer.specialTokenIDs.unk else { continue }
            values[Int(id)] = Float(weight)
        }
        return Tensor(values, shape: [values.count])
    }

    package func save(to folder: URL) throws {
        try subwordTokenizer.save(to: folder)
        try JSONValue.object(["frozen": .bool(isFrozen)]).write(to: folder.appending(path: "config.json"))
        try saveParameters(to: folder)
    }

    package func sizes(after sizes: FeatureSizes) -> FeatureSizes {
        FeatureSizes(sentenceEmbedding: weights.tensor.count)
    }

    package func callAsFunction(_ features: inout Features) throws {
        let (ids, size) = (features.tokens.ids, weights.tensor.count)
        if let id = ids.first(where: { $0 < 0 || $0 >= size }) {
            throw SentenceTransformersError(
                .mismatchedModules, "the tokenizer gives the id \(id), but there are weights of \(size) tokens")
        }
        features.sentenceEmbedding = weights.value.spread(over: ids, features.texts)
    }

    package var parameters: [NamedParameter] { [NamedParameter("weight", weights, isFrozen: isFrozen)] }
    package mutating func update(_ values: ParameterValues) { weights.update(values) }
    package var summary: String { "\(weights.tensor.count) tokens" }
}
