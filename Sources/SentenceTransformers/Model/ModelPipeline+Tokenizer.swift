// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ModelPipeline {
    /// The tokenisation of the model.
    ///
    /// - Throws: ``SentenceTransformersError`` if it reads whole words.
    package func tokenisation() throws -> ModelTokenizer {
        guard let input = try route(for: nil).input as? any SubwordInput else {
            throw SentenceTransformersError(
                .unsupportedModel, "the model in \(directory.path) reads whole words and has no token ids")
        }
        return ModelTokenizer(input)
    }
}
