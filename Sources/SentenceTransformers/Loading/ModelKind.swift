// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What a model makes of texts, and the type that opens it.
public enum ModelKind: String, Sendable, CaseIterable, Codable {
    /// One vector for each text.
    case sentenceTransformer = "SentenceTransformer"
    /// One score, or one for each label, for a pair of texts.
    case crossEncoder = "CrossEncoder"
    /// One sparse vector for each text, most often with a dimension for each word of a vocabulary.
    case sparseEncoder = "SparseEncoder"
    /// One vector for each token of a text.
    case multiVectorEncoder = "MultiVectorEncoder"

    /// The kind of the model in a folder, as its files tell it.
    ///
    /// A folder without `modules.json` counts by the head that its configuration names: as a cross-encoder, or, with a
    /// masked language model, as a sparse encoder.
    /// - Throws: `CheckpointError` if a file is there that cannot be read.
    public init(ofModelIn directory: URL) throws {
        self = try PlainCheckpoint.kind(ModelSettings(directory: directory, opensAs: .sentenceTransformer), directory)
    }

    /// What stands before a model's name that has no owner.
    var namePrefix: String {
        switch self {
        case .sentenceTransformer: "sentence-transformers/"
        case .crossEncoder: "cross-encoder/"
        case .sparseEncoder: "sparse-encoder/"
        case .multiVectorEncoder: ""
        }
    }

    /// The kind that `model_type` names; PyLate calls its models "ColBERT".
    init?(configured name: String) {
        if name == "ColBERT" {
            self = .multiVectorEncoder
        } else {
            self.init(rawValue: name)
        }
    }
}
