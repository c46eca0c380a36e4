// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

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
