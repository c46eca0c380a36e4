// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceHub

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ModuleFolder {
    /// Where models that adapters name are looked for, and how they are downloaded.
    struct BaseRequest: Sendable {
        var request = ModelRequest()
        var cacheDirectory: URL?
    }

    /// The request of the model that is being loaded.
    @TaskLocal static var baseRequest = BaseRequest()

    /// Whether the folder holds an adapter.
    var holdsAdapter: Bool { contains(AdapterConfig.file) }

    /// The folder with the network: that of the model which an adapter in this folder changes, otherwise this one.
    ///
    /// - Throws: ``CheckpointError`` if the adapter does not name its base, or it cannot be found.
    var base: ModuleFolder {
        get throws {
            guard holdsAdapter, !contains("config.json") else { return self }
            let adapter = try AdapterConfig(folder: self)
            guard let name = adapter.base else {
                throw CheckpointError(
                    .invalidConfig, file: AdapterConfig.file,
                    "the adapter in \(url.path) does not name the model that it changes (base_model_name_or_path); load "
                        + "that model, and put the adapter on it (loadingAdapter)")
            }
            var request = Self.baseRequest.request
            request.revision = adapter.baseRevision
            do {
                let base = try ModelLocation.resolve(
                    name, prefix: "", request: request, cacheDirectory: Self.baseRequest.cacheDirectory)
                guard base.standardizedFileURL != url.standardizedFileURL,
                    !ModuleFolder(base).holdsAdapter || ModuleFolder(base).contains("config.json")
                else {
                    throw CheckpointError(
                        .unsupported, file: AdapterConfig.file,
                        "the adapter in \(url.path) changes \(name), which is an adapter itself; merge that one first")
                }
                return ModuleFolder(base)
            } catch let error as HubError {
                throw CheckpointError(
                    .notFound, file: AdapterConfig.file, "the adapter in \(url.path) changes another model: \(error)")
            }
        }
    }
}
