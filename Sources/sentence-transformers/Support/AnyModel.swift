// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

extension ModelPipeline {
    /// The model of the kind that the pipeline was loaded as.
    func model() throws -> any BaseModel {
        switch kind {
        case .sentenceTransformer: try SentenceTransformer(pipeline: self)
        case .crossEncoder: try CrossEncoder(pipeline: self)
        case .sparseEncoder: try SparseEncoder(pipeline: self)
        case .multiVectorEncoder: try MultiVectorEncoder(pipeline: self)
        }
    }
}
