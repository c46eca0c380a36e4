// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation
    import SentenceHub
    import SentenceTestSupport
    import Synchronization

    /// The model that suites of downloads share.
    enum Tiny {
        static let commit = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
        static let commits = ["main": commit, "v1.0": commit, "refs/pr/1": commit, commit: commit]
        static let weights = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
        static let modules = #"[{"path":"","type":"x"},{"path":"1_Pooling","type":"y"}]"#
        static let files = [
            small("modules.json", modules), small("config.json"), small("1_Pooling/config.json", #"{"a":1}"#),
            small("README.md"), small("empty.txt", ""), large("model.safetensors"), large("pytorch_model.bin", [1]),
            small("onnx/config.json"), large("onnx/model.onnx", [2]), small("2_Other/config.json"),
        ]
        static let neededPaths = [
            "1_Pooling/config.json", "config.json", "empty.txt", "model.safetensors", "modules.json",
        ]

        static func small(_ path: String, _ text: String = "{}") -> LoopbackHub.File {
            LoopbackHub.File(path, Array(text.utf8), isLarge: false)
        }

        static func large(_ path: String, _ content: [UInt8] = weights) -> LoopbackHub.File {
            LoopbackHub.File(path, content, isLarge: true)
        }
    }

    /// A suite whose tests have a folder of their own, and in it a cache.
    protocol DownloadSuite {
        var folder: TemporaryFolder { get }
    }

    extension DownloadSuite {
        var cache: HubCache { HubCache(root: folder.url.appending(path: "hub")) }
        var name: RepositoryName { get throws { try RepositoryName("org/tiny") } }
        /// The folder of the model in the cache.
        var model: URL { cache.root.appending(path: "models--org--tiny") }

        func hub(_ files: [LoopbackHub.File] = Tiny.files, token: String? = nil) throws -> LoopbackHub {
            try LoopbackHub("org/tiny", commits: Tiny.commits, files: files, token: token)
        }

        func environment(_ hub: LoopbackHub, _ more: [String: String] = [:]) -> [String: String] {
            ["HF_ENDPOINT": hub.address, "HF_HOME": folder.url.path].merging(more) { $1 }
        }

        @discardableResult
        func download(
            _ hub: LoopbackHub, _ request: ModelRequest = ModelRequest(), _ more: [String: String] = [:],
            waits: Waits = Waits()
        ) throws -> URL {
            try ModelLocation.download(
                name, request: request, cache: cache, environment: environment(hub, more), wait: waits.add)
        }

        func content(_ path: String, in snapshot: URL) throws -> [UInt8] {
            Array(try Data(contentsOf: snapshot.appending(path: path)))
        }

        func paths(in folder: URL) throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: folder.path + "/" + $0, isDirectory: &isFolder)
                    && !isFolder.boolValue
            }.sorted()
        }
    }

    /// How long the client would have waited, without waiting.
    final class Waits: Sendable {
        private let all = Mutex<[Duration]>([])
        var durations: [Duration] { all.withLock { $0 } }
        func add(_ duration: Duration) { all.withLock { $0.append(duration) } }
    }

    /// What a request was told.
    final class Notes: Sendable {
        private let all = Mutex<[String]>([])
        var texts: [String] { all.withLock { $0 } }
        func add(_ text: String) { all.withLock { $0.append(text) } }
    }
#endif
