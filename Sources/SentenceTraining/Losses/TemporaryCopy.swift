// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Copies models by way of files, since these are all that a model can be made of.
enum TemporaryCopy {
    /// A model with parameters of its own, which begin with the values of another.
    static func of(_ model: ModelPipeline) throws -> ModelPipeline {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sentence-transformers-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try model.save(model.kind, to: folder)
        return try ModelPipeline(
            directory: folder, kind: model.kind, computePrecision: model.computePrecision, mapsWeights: false)
    }
}
