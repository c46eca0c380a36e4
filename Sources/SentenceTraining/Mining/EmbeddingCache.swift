// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceSearch
import SentenceTensors
import SentenceTokenizers
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Embeddings that are kept in a folder, under the hash of all that they depend on: the weights and the tokenizer of the model,
/// how it encodes, and the texts.
struct EmbeddingCache {
    private let directory: URL?
    private let model: SentenceTransformer

    private static let tensor = "embeddings"

    /// A cache in a folder; nothing is kept if it is nil.
    init(_ directory: URL?, _ model: SentenceTransformer) {
        self.directory = directory
        self.model = model
    }

    /// The embeddings of texts, from the folder if they are there.
    ///
    /// - Parameters:
    ///   - role: What the texts are, such as `query`, which the name of the file begins with.
    ///   - texts: The texts.
    ///   - options: How they are encoded.
    ///   - encode: Computes the embeddings.
    /// - Returns: `[texts, dimensions]`.
    /// - Throws: What `encode` throws; `CheckpointError` if the folder cannot be written.
    func embeddings(
        _ role: String, of texts: [String], _ options: EncodeOptions, encode: () throws -> Matrix
    ) throws -> Matrix {
        guard let directory else { return try encode() }
        var hash = ByteHash()
        addModel(to: &hash)
        let prompt = options.prompt.map { "text \($0)" } ?? options.promptName.map { "name \($0)" } ?? role
        let settings = [
            role, prompt, "\(options.maximumSequenceLength ?? 0)", "\(options.truncateDimension ?? 0)",
            "\(options.normalizeEmbeddings)", model.computePrecision.rawValue,
        ]
        for text in settings + texts {
            hash.add(text)
            // No byte of a text, so that two texts are not one.
            hash.add(0xFF)
        }
        let file = directory.appending(path: "\(role)_embeddings_\(String(hash.value, radix: 16)).safetensors")
        // What is damaged, or was cut when a disk was full, is made again.
        if let found = try? MappedFile.reading({ try SafetensorsFile(url: file).tensor(named: Self.tensor) }),
            found.elementType == .float32, found.shape.count == 2, found.rows == texts.count, found.isAllFinite
        {
            return Matrix(found)
        }
        let made = try encode()
        try AtomicFile.createFolder(directory)
        try made.write(to: file, name: Self.tensor)
        return made
    }

    private func addModel(to hash: inout ByteHash) {
        for named in model.pipeline.parameters.distinct {
            hash.add(named.name)
            named.parameter.tensor.withUnsafeBytes { hash.add($0) }
        }
        hash.add(model.description)
        hash.add(model.tokenizer.map { "\($0.contentHash)" } ?? "words")
        for (name, prompt) in model.prompts.sorted(by: { $0.key < $1.key }) { hash.add("\(name)=\(prompt)") }
    }
}
