// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation
    import SentenceFiles
    import SentenceHub
    import SentenceTestSupport
    import Testing

    /// What other tools and killed downloads leave in the cache is completed, or refused by name.
    @Suite struct SnapshotCheckTests: DownloadSuite {
        let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private static let transformer = "sentence_transformers.models.Transformer"
        private static let modules = """
            [{"path":"","type":"\(transformer)"},{"path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
            {"path":"2_Normalize","type":"sentence_transformers.models.Normalize"}]
            """
        private static let files = [
            Tiny.small("modules.json", modules), Tiny.small("config.json"),
            Tiny.small("1_Pooling/config.json", "{\"b\":2}"),
            Tiny.small("tokenizer.json"), Tiny.large("model.safetensors"),
            Tiny.small("config_sentence_transformers.json"), Tiny.small("sentence_bert_config.json"),
        ]

        /// Puts files of the model into the cache as other tools do.
        private func fill(_ files: [LoopbackHub.File]) throws {
            for file in files {
                try folder.write(file.content, to: "hub/models--org--tiny/snapshots/\(Tiny.commit)/\(file.path)")
            }
            try folder.write(Tiny.commit, to: "hub/models--org--tiny/refs/main")
        }

        private func files(_ paths: String..., of all: [LoopbackHub.File] = files) -> [LoopbackHub.File] {
            all.filter { paths.contains($0.path) }
        }

        private func resolve(
            _ hub: LoopbackHub?, _ request: ModelRequest = ModelRequest(), warnings: Warnings = Warnings()
        ) throws -> URL {
            let more = ["HF_HUB_OFFLINE": hub == nil ? "1" : ""]
            return try warnings.collect {
                try ModelLocation.resolve(
                    "org/tiny", prefix: "", request: request,
                    environment: ["HF_ENDPOINT": hub?.address ?? "", "HF_HOME": folder.url.path].merging(more) { $1 },
                    wait: { _ in })
            }
        }

        // MARK: A plain checkpoint, which may be one

        @Test func whatAnotherToolLeftIsCompleted() throws {
            try fill(files("config.json", "model.safetensors", "tokenizer.json"))
            let hub = try hub(Self.files), warnings = Warnings()
            let snapshot = try resolve(hub, warnings: warnings)
            #expect(try paths(in: snapshot) == Self.files.map(\.path).sorted())
            #expect(hub.storageRequests.isEmpty && warnings.messages.isEmpty)
            let asked = hub.requests.count
            #expect(try resolve(hub) == snapshot && resolve(nil) == snapshot)
            #expect(hub.requests.count == asked)
        }

        @Test func aPlainModelAsksOnce() throws {
            let plain = files("config.json", "model.safetensors", "tokenizer.json")
            try fill(plain)
            let hub = try hub(plain), warnings = Warnings()
            for _ in 0..<3 { _ = try resolve(hub, warnings: warnings) }
            #expect(try resolve(nil, warnings: warnings).lastPathComponent == Tiny.commit)
            #expect(hub.requests.count == 1 && warnings.messages.isEmpty)
        }

        @Test func whatThePythonClientDidNotFindNeedNotBeAskedFor() throws {
            try fill(files("config.json", "model.safetensors", "tokenizer.json"))
            try folder.write("", to: "hub/models--org--tiny/.no_exist/\(Tiny.commit)/modules.json")
            let warnings = Warnings()
            #expect(try resolve(nil, warnings: warnings).lastPathComponent == Tiny.commit)
            #expect(warnings.messages.isEmpty)
        }

        @Test(arguments: [true, false])
        func withoutTheHubAPlainModelIsUsedWithAWarning(_ isOffline: Bool) throws {
            try fill(files("config.json", "model.safetensors", "tokenizer.json"))
            let hub = try hub(Self.files), warnings = Warnings()
            for _ in 0..<5 { hub.spoil("/api/") { $0 = LoopbackServer.Answer(503) } }
            #expect(try resolve(isOffline ? nil : hub, warnings: warnings).lastPathComponent == Tiny.commit)
            let why =
                isOffline
                ? "HF_HUB_OFFLINE keeps it off the network" : "the Hub has a problem (status 503); try again later"
            let path = model.path + "/snapshots/\(Tiny.commit)"
            #expect(
                warnings.messages == [
                    "it is not known whether it has a modules.json: org/tiny is in the cache as another tool left it (\(path)), "
                        + "and the Hub cannot be asked: \(why); what is there is used"
                ])
        }

        @Test func aHubThatSaysWhatElseThereIsAndDoesNotGiveItIsAnError() throws {
            try fill(files("config.json", "model.safetensors", "tokenizer.json"))
            let hub = try hub(Self.files)
            hub.spoil("/resolve/") { $0 = LoopbackServer.Answer(403) }
            #expect(errorText { try resolve(hub) }.hasPrefix("the Hub does not let this account have org/tiny"))
            #expect(errorText { try resolve(nil) }.contains(", which the model has on the Hub, and the rest cannot"))
        }

        @Test(arguments: ["config_sentence_transformers.json", "sentence_bert_config.json", "tokenizer.json"])
        func settingsThatMayBeMissingAreAskedFor(_ file: String) throws {
            try fill(Self.files.filter { $0.path != file })
            let warnings = Warnings(), what = file == "tokenizer.json" ? "tokenizer" : file
            #expect(try resolve(nil, warnings: warnings).lastPathComponent == Tiny.commit)
            #expect(warnings.messages.first?.hasPrefix("it is not known whether it has a \(what): ") == true)
            #expect(try paths(in: resolve(hub(Self.files))) == Self.files.map(\.path).sorted())
        }

        // MARK: What is known to be missing

        @Test(arguments: [
            (["config.json", "modules.json", "model.safetensors"], "1_Pooling, which modules.json names"),
            (["config.json", "modules.json", "1_Pooling/config.json"], "weights (model.safetensors)"),
            (["config.json", "tokenizer.json"], "weights (model.safetensors)"),
        ])
        func whatIsMissingIsNamedAndFetched(_ paths: [String], _ missing: String) throws {
            try fill(Self.files.filter { paths.contains($0.path) })
            let snapshot = model.path + "/snapshots/\(Tiny.commit)"
            #expect(
                errorText { try resolve(nil) }
                    == "org/tiny is incomplete in the cache: \(snapshot) lacks \(missing), and the "
                    + "rest cannot be downloaded: HF_HUB_OFFLINE keeps it off the network")
            #expect(
                errorText { try cache.snapshot(of: name) }
                    == "org/tiny is incomplete in the cache: \(snapshot) lacks \(missing); download it again where the network may be used"
            )
            #expect(try self.paths(in: resolve(hub(Self.files))) == Self.files.map(\.path).sorted())
            #expect(try resolve(nil).lastPathComponent == Tiny.commit)
        }

        @Test func aModelWhoseFilesAreAllThereNeedsNoHub() throws {
            try fill(Self.files)
            let warnings = Warnings()
            #expect(try resolve(nil, warnings: warnings).lastPathComponent == Tiny.commit)
            #expect(warnings.messages.isEmpty)
        }

        @Test func weightsAreNotMissedWhereNobodyWantsThem() throws {
            try fill(files("config.json", "modules.json", "1_Pooling/config.json", "tokenizer.json"))
            var request = ModelRequest()
            request.needsWeights = false
            #expect(try resolve(nil, request).lastPathComponent == Tiny.commit)
        }

        @Test func shardsAreThoseOfTheIndex() throws {
            let index = #"{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}"#
            let sharded =
                files("modules.json", "config.json", "1_Pooling/config.json", "tokenizer.json") + [
                    Tiny.small("model.safetensors.index.json", index), Tiny.large("model-1.safetensors", [1]),
                    Tiny.large("model-2.safetensors", [2]), Tiny.large("consolidated.safetensors", [3]),
                    Tiny.large("pytorch_model.bin", [4]),
                ]
            try fill(sharded.filter { !$0.isLarge || $0.path == "model-1.safetensors" })
            #expect(
                errorText { try resolve(nil) }.contains(
                    " lacks model-2.safetensors, which model.safetensors.index.json names, and"))
            let snapshot = try resolve(hub(sharded))
            #expect(
                try paths(in: snapshot) == [
                    "1_Pooling/config.json", "config.json", "model-1.safetensors", "model-2.safetensors",
                    "model.safetensors.index.json", "modules.json", "tokenizer.json",
                ])
        }

        // MARK: Routers

        private static let router = """
            {"types":{"query":"\(transformer)","document":"sentence_transformers.models.Router"},
            "structure":{"query":["query"],"document":["document"]}}
            """
        private static let inner =
            #"{"types":{"0_Static":"sentence_transformers.models.StaticEmbedding"},"structure":{"a":["0_Static"]}}"#
        private static let routed = [
            Tiny.small("modules.json", #"[{"path":"","type":"sentence_transformers.models.Router"}]"#),
            Tiny.small("router_config.json", router), Tiny.small("query/config.json"),
            Tiny.small("query/tokenizer.json"), Tiny.small("query/sentence_bert_config.json"),
            Tiny.small("config_sentence_transformers.json"), Tiny.large("query/model.safetensors"),
            Tiny.small("document/router_config.json", inner), Tiny.small("document/0_Static/tokenizer.json"),
            Tiny.large("document/0_Static/model.safetensors", [7]), Tiny.large("query/pytorch_model.bin", [8]),
        ]

        @Test func foldersOfRoutersArrive() throws {
            let snapshot = try resolve(hub(Self.routed))
            #expect(try paths(in: snapshot) == Self.routed.dropLast().map(\.path).sorted())
            #expect(try resolve(nil) == snapshot)
        }

        @Test(arguments: [
            ("query/", "query, which router_config.json names"),
            ("query/model", "weights (query/model.safetensors)"),
            ("document/", "document, which router_config.json names"),
            ("document/0", "document/0_Static, which document/router_config.json names"),
            ("document/router", "document/router_config.json, which its router needs"),
            ("router", "router_config.json, which its router needs"),
        ])
        func whatARouterLacksIsNamed(_ prefix: String, _ missing: String) throws {
            try fill(Self.routed.dropLast().filter { !$0.path.hasPrefix(prefix) })
            #expect(errorText { try resolve(nil) }.contains(" lacks \(missing), and the rest cannot be downloaded: "))
        }

        // MARK: Killed downloads

        @Test(arguments: [nil, Tiny.commit])
        func aFirstDownloadThatBreaksIsNotTakenAsWhole(_ revision: String?) throws {
            let hub = try hub(Self.files), request = ModelRequest(revision: revision)
            hub.spoil("/1_Pooling/") { $0 = LoopbackServer.Answer(403) }
            #expect(errorText { try resolve(hub, request) }.hasPrefix("the Hub does not let"))
            #expect(
                errorText { try resolve(nil, request) }.contains(revision == nil ? "is not in the cache" : " lacks "))
            #expect(try paths(in: resolve(hub, request)) == Self.files.map(\.path).sorted())
            #expect(try resolve(nil, request).lastPathComponent == Tiny.commit)
        }

        @Test func filesWhoseNamesDifferInBytesAreTwo() throws {
            let composed = "\u{E9}.txt", decomposed = "e\u{301}.txt"
            let both = Self.files + [Tiny.small(composed, "1"), Tiny.small(decomposed, "2")]
            let snapshot = try resolve(hub(both))
            #expect(try content(composed, in: snapshot) == [0x31] && content(decomposed, in: snapshot) == [0x32])
            try FileManager.default.removeItem(atPath: snapshot.path + "/" + decomposed)
            #expect(errorText { try resolve(nil) }.contains(" lacks \(decomposed), which"))
        }
    }
#endif
