// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// How the numbers of a static model are stored in Model2Vec's layout.
public enum StaticWeightType: String, Sendable, CaseIterable {
    case float32, float16
    /// One byte a number, all multiplied with the same factor, which cosines do not see.
    case int8
}

extension SentenceTransformer {
    /// Saves a model that is a table of vectors of tokens in the layout of Model2Vec, which this library, Python's `model2vec`
    /// (`StaticModel.from_pretrained`) and Sentence Transformers load; the last one takes no int8.
    ///
    /// - Parameters:
    ///   - directory: The folder, which is created.
    ///   - type: How numbers are stored.
    /// - Throws: ``SentenceTransformersError`` if the model is another one, or its embeddings would not be the same up to
    ///   their length; `CheckpointError` with code `unwritable`.
    public func saveModel2Vec(to directory: URL, as type: StaticWeightType = .float32) throws {
        let modules = pipeline.modules
        guard let embedding = modules.first as? StaticEmbedding, modules.dropFirst().allSatisfy({ $0 is Normalize })
        else {
            throw SentenceTransformersError(
                .unsupportedModel,
                "only a model of a StaticEmbedding, with perhaps a Normalize, has Model2Vec's layout; this one is "
                    + modules.map { "\(Swift.type(of: $0).className)" }.joined(separator: ", "))
        }
        let normalizes = modules.count > 1
        guard normalizes || type != .int8 else {
            throw SentenceTransformersError(
                .invalidArgument,
                "int8 keeps directions only, and this model's embeddings have lengths; store it as float16, or normalise it"
            )
        }
        try AtomicFile.createFolder(directory)
        let file = directory.appending(path: "tokenizer.json")
        let json = try embedding.subwordTokenizer.verbatimJSON()
        try AtomicFile.write(to: file) { output in try json.withUnsafeBytes { try output.write($0) } }
        let table =
            switch type {
            case .float32: embedding.table.float32()
            case .float16: embedding.table.converted(to: .float16)
            case .int8: embedding.table.scaledToBytes()
            }
        try SafetensorsWriter.write(["embeddings": table], to: directory.appending(path: "model.safetensors"))
        try JSONValue.object([
            "model_type": "model2vec", "architectures": ["StaticModel"], "hidden_dim": .int(embedding.table.columns),
            "normalize": .bool(normalizes), "seq_length": 1_000_000,
        ]).write(to: directory.appending(path: "config.json"))
        try ModulesFile.writeModel2Vec(normalizes: normalizes, to: directory)
    }
}

extension Tensor {
    /// Whole numbers of -127 to 127, so that the largest number is one of these.
    package func scaledToBytes() -> Tensor {
        let numbers = float32().floats
        let largest = numbers.reduce(0) { max($0, abs($1)) }
        let factor = largest > 0 ? 127 / largest : 0
        let storage = Storage(uninitializedByteCount: count)
        let bytes = storage.mutableBytes.bindMemory(to: Int8.self)
        for index in numbers.indices { bytes[index] = Int8((numbers[index] * factor).rounded(.toNearestOrEven)) }
        return Tensor(storage: storage, shape: shape, elementType: .int8)
    }
}
