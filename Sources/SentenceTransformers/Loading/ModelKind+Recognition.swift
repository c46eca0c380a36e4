// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension ModelKind {
    /// The kind of the model in a folder, as its files tell it.
    ///
    /// A folder without `modules.json` counts by the head that its configuration names: as a cross-encoder, or, with a
    /// masked language model, as a sparse encoder.
    /// - Throws: `CheckpointError` if a file is there that cannot be read.
    public init(ofModelIn directory: URL) throws {
        self = try PlainCheckpoint.kind(ModelSettings(directory: directory, opensAs: .sentenceTransformer), directory)
    }
}
