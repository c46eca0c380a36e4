// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import SentenceTransformers

/// What the snippets of the documentation take for granted: models, texts and a folder.
///
/// A snippet that declares a name of its own means that one.
struct Surroundings {
    let model: SentenceTransformer
    let sparse: SparseEncoder
    let multiVector: MultiVectorEncoder
    let reranker: CrossEncoder
    let embeddings: Matrix
    let query: String
    let texts: [String]
    let corpus: [String]
    let pairs: [TokenizerInput]
    let lines: AsyncStream<String>
    let folder: URL
    let logger: Logger
}
