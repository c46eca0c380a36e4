// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceDefaultModel
import SentenceCheckpoints
import SentenceTensors
import SentenceTokenizers
public import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension SentenceTransformer {
    /// The model that is part of the program: English, small and quick, without files or network.
    ///
    /// It is a table of vectors of tokens that was distilled from all-MiniLM-L6-v2 (`Scripts/make-default-model.sh`);
    /// embeddings have 240 dimensions. It ranks texts about as its teacher does, less well if much depends on the order of
    /// words.
    public static let `default`: SentenceTransformer = {
        do { return try loadDefault() } catch {
            preconditionFailure("the model in this program cannot be read, so the program is damaged: \(error)")
        }
    }()

    private static func loadDefault() throws -> SentenceTransformer {
        let json = Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: sentence_default_tokenizer.bytes),
            count: sentence_default_tokenizer.count, deallocator: .none)
        let weights = UnsafeRawBufferPointer(
            start: sentence_default_weights.bytes, count: sentence_default_weights.count)
        let file = try SafetensorsFile(embedded: weights, name: "model.safetensors")
        let embedding = try StaticEmbedding(
            Tokenizer(verbatim: json), table: file.tensor(named: "embeddings"))
        let pipeline = ModelPipeline(
            [embedding, Normalize()], kind: .sentenceTransformer,
            directory: URL(filePath: "/default", directoryHint: .isDirectory))
        return try SentenceTransformer(pipeline: pipeline)
    }
}
