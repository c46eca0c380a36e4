// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceEncoders
import SentenceFiles
import SentenceTensors
import SentenceTokenizers

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension BaseModel {
    /// Saves the model with only the tokens that some texts need, which makes a model for many languages one for a few.
    ///
    /// Texts whose tokens are all kept have the same embeddings as before, bit by bit; others are split into smaller or unknown
    /// tokens. A sparse encoder's embeddings have as many dimensions as tokens are left.
    ///
    /// - Parameters:
    ///   - texts: Texts such as the model will get; the model's prompts are added.
    ///   - minimumCount: How often a token must stand in them to be kept.
    ///   - directory: The folder to write.
    /// - Returns: How many tokens are left.
    /// - Throws: ``SentenceTransformersError`` if the model has no vocabulary that can be cut; `TokenizerError`,
    ///   `CheckpointError`.
    @discardableResult
    public func saveWithVocabulary(
        of texts: [String], minimumCount: Int = 1, to directory: URL
    ) throws -> Int {
        guard minimumCount > 0 else {
            throw SentenceTransformersError(
                .invalidArgument, "minimumCount is \(minimumCount); expected a positive number")
        }
        guard adapter == nil else {
            throw SentenceTransformersError(
                .invalidArgument, "the model has an adapter; merge it first (mergingAdapter)")
        }
        let cut = try VocabularyTruncation(pipeline)
        var counts: [Int32: Int] = [:]
        let all = texts + pipeline.settings.prompts.values
        for first in stride(from: 0, to: all.count, by: VocabularyTruncation.textsAtOnce) {
            let part = all[first..<min(first + VocabularyTruncation.textsAtOnce, all.count)]
            for id in try cut.tokenizer.encode(part.map { TokenizerInput($0) }).ids { counts[id, default: 0] += 1 }
        }
        let wanted = counts.filter { $0.value >= minimumCount }.map(\.key)
        let (tokenizer, ids) = try cut.tokenizer.keeping(Set(wanted))
        try save(to: directory)
        try cut.rewrite(directory, tokenizer, ids)
        return ids.count
    }
}

/// The first module of a model, whose vocabulary is cut.
private struct VocabularyTruncation {
    static let textsAtOnce = 1024

    /// The tokenizer of the files.
    let tokenizer: Tokenizer
    private let transformer: Transformer?
    /// The rows of the table of embeddings.
    private let count: Int

    /// The modules that do not depend on which id a token has.
    private static let independent: Set = [
        Pooling.className, Normalize.className, Dense.className, LayerNormModule.className, Dropout.className,
        SpladePooling.className, HierarchicalTokenPooling.className, WeightedLayerPooling.className, CNN.className,
        LSTM.className,
    ]
    /// How names of tensors end that have a row for each token.
    private static let tables = [
        "word_embeddings.weight", "embed_tokens.weight", "tok_embeddings.weight", "shared.weight", "wte.weight",
        "decoder.weight", "decoder.bias", "lm_head.weight", "lm_head.bias", "predictions.bias",
        "vocab_projector.weight", "vocab_projector.bias", "embedding.weight",
    ]

    init(_ pipeline: ModelPipeline) throws {
        func refuse(_ what: String) -> SentenceTransformersError {
            SentenceTransformersError(
                .unsupportedModel,
                "the vocabulary of the model in \(pipeline.directory.path) cannot be cut: \(what)")
        }
        for module in pipeline.modules.dropFirst() where !Self.independent.contains(type(of: module).className) {
            throw refuse("its module \(type(of: module).className) depends on the ids of tokens")
        }
        transformer = pipeline.modules.first as? Transformer
        if let transformer {
            tokenizer = transformer.storedTokenizer
            count = transformer.encoder.spec.vocabularySize
        } else if let embedding = pipeline.modules.first as? StaticEmbedding {
            tokenizer = embedding.subwordTokenizer
            count = embedding.table.rows
        } else {
            throw refuse("it does not begin with a transformer or a table of embeddings")
        }
    }

    /// Replaces the tokenizer, the tables and the ids in a saved model.
    func rewrite(_ folder: URL, _ tokenizer: Tokenizer, _ ids: [Int32]) throws {
        let file = folder.appending(path: "model.safetensors")
        let rows = ids.map(Int.init)
        let tensors = try MappedFile.reading {
            let checkpoint = try SafetensorsFile(url: file)
            return try Dictionary(uniqueKeysWithValues: checkpoint.names.map { ($0, try checkpoint.tensor(named: $0)) })
        }
        var cut = 0
        let changed = try Dictionary(
            uniqueKeysWithValues: tensors.map { name, tensor in
                guard Self.tables.contains(where: { name == $0 || name.hasSuffix(".\($0)") }),
                    tensor.shape.first == count
                else { return (name, tensor) }
                guard let last = rows.last, last < count else {
                    throw CheckpointError(
                        .mismatch, file: file.lastPathComponent,
                        "the tokenizer has the id \(rows.last ?? 0), but the table \"\(name)\" \(count) rows")
                }
                cut += 1
                return (name, tensor.rows(rows))
            })
        guard cut > 0 else {
            throw CheckpointError(
                .unsupported, file: file.lastPathComponent, "no tensor is known to be the table of tokens")
        }
        if let transformer { try transformer.renumberedConfig(ids).write(to: folder.appending(path: "config.json")) }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where Tokenizer.isFile(name) {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        try tokenizer.save(to: folder)
        try SafetensorsWriter.write(changed, to: file)
    }
}

extension Tensor {
    /// Some rows of a table of any type, or elements of a vector.
    fileprivate func rows(_ rows: [Int]) -> Tensor {
        let size = (shape.count == 1 ? 1 : columns) * elementType.byteCount
        let storage = Storage(uninitializedByteCount: rows.count * size)
        withUnsafeBytes { source in
            for (place, row) in rows.enumerated() {
                UnsafeMutableRawBufferPointer(rebasing: storage.mutableBytes[place * size..<(place + 1) * size])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[row * size..<(row + 1) * size]))
            }
        }
        return Tensor(storage: storage, shape: [rows.count] + shape.dropFirst(), elementType: elementType)
    }
}
