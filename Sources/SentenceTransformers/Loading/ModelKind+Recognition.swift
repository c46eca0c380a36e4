// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension ModelKind {
    /// Determines the kind of the model in a folder from its files.
    ///
    /// Without `modules.json` the head named in `config.json` decides: a sequence classifier is a cross-encoder, a
    /// masked language model a sparse encoder.
    /// - Throws: `CheckpointError` if a file exists but cannot be read.
    public init(ofModelIn directory: URL) throws {
        self = try PlainCheckpoint.kind(ModelSettings(directory: directory, opensAs: .sentenceTransformer), directory)
    }
}
