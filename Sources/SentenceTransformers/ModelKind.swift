// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The kind of a model, which determines its output and the type that loads it.
public enum ModelKind: String, Sendable, CaseIterable, Codable {
    /// One vector for each text.
    case sentenceTransformer = "SentenceTransformer"
    /// One score, or one for each label, for a pair of texts.
    case crossEncoder = "CrossEncoder"
    /// One sparse vector for each text, usually with a dimension for each token of a vocabulary.
    case sparseEncoder = "SparseEncoder"
    /// One vector for each token of a text.
    case multiVectorEncoder = "MultiVectorEncoder"

    /// The prefix of model names without an owner.
    var namePrefix: String {
        switch self {
        case .sentenceTransformer: "sentence-transformers/"
        case .crossEncoder: "cross-encoder/"
        case .sparseEncoder: "sparse-encoder/"
        case .multiVectorEncoder: ""
        }
    }

    /// The kind named by `model_type`; PyLate calls its models "ColBERT".
    init?(configured name: String) {
        if name == "ColBERT" {
            self = .multiVectorEncoder
        } else {
            self.init(rawValue: name)
        }
    }
}
