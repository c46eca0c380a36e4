// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation
    import SentenceHub
    import SentenceTestSupport
    import Synchronization
    import Testing

    /// Against a Hub on this machine: nothing here leaves it.
    @Suite struct DownloadTests: DownloadSuite {
        let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        // MARK: What is downloaded

        @Test(arguments: [nil, "main", "v1.0", "refs/pr/1", Tiny.commit])
        func theNeededFilesArriveInTheLayoutOfTheCache(_ revision: String?) throws {
            let hub = try hub()
            let snapshot = try download(hub, ModelRequest(revision: revision))
            #expect(try paths(in: snapshot) == Tiny.neededPaths)
            #expect(try content("model.safetensors", in: snapshot) == Tiny.weights)
            let model = model.path
            let link = try FileManager.default.destinationOfSymbolicLink(
                atPath: snapshot.path + "/1_Pooling/config.json")
            #expect(
                link.hasPrefix("../../../blobs/")
                    && FileManager.default.fileExists(atPath: snapshot.path + "/1_Pooling/" + link))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: model + "/blobs").count == Tiny.neededPaths.count)
            if revision != Tiny.commit {
                #expect(
                    try String(contentsOfFile: model + "/refs/\(revision ?? "main")", encoding: .utf8) == Tiny.commit)
            }
            #expect(try cache.snapshot(of: name, revision: revision).path == snapshot.path)
            // What is there is not asked for again, but for the list.
            let asked = hub.requests.count
            try download(hub, ModelRequest(revision: revision))
            #expect(hub.requests.count == asked + 1 && hub.storageRequests.count == 1)
        }

        @Test func thePythonClientReadsTheCache() throws {
            // For the client itself to read (`make interoperability`); else its layout is what is tested above.
            let kept =
                ProcessInfo.processInfo.environment["SENTENCE_SAVED_CACHE"].map { URL(filePath: $0) } ?? cache.root
            let hub = try hub()
            let snapshot = try ModelLocation.download(
                name, request: ModelRequest(), cache: HubCache(root: kept), environment: environment(hub))
            #expect(try paths(in: snapshot) == Tiny.neededPaths)
            #expect(hub.storageRequests.count == 1)
        }

        @Test(arguments: ["main", "v1.0", "refs/pr/1", "0123456789abcdef0123456789abcdef01234567"])
        func theCacheOfThePythonClientIsShared(_ revision: String) throws {
            try FileManager.default.copyItem(at: Fixture.url("hub"), to: cache.root)
            let before = try cache.snapshot(of: name, revision: revision)
            #expect(try content("model.safetensors", in: before) == [UInt8](0...255))
            let files = [
                Tiny.small("modules.json", #"[{"path": "", "type": "a"}, {"path": "1_Pooling", "type": "b"}]"#),
                Tiny.small("config.json"), Tiny.small("1_Pooling/config.json", #"{"a": 1}"#),
                Tiny.large("model.safetensors", [UInt8](0...255)),
            ]
            let hub = try LoopbackHub(
                "org/tiny", commits: [revision: "0123456789abcdef0123456789abcdef01234567"], files: files)
            #expect(try download(hub, ModelRequest(revision: revision)) == before)
            #expect(hub.requests.count == 1 && hub.storageRequests.isEmpty)
            // A blob without a link, as another revision leaves it, is not downloaded again either.
            try FileManager.default.removeItem(at: before)
            #expect(
                try content("model.safetensors", in: download(hub, ModelRequest(revision: revision)))
                    == [UInt8](0...255))
            #expect(hub.requests.count == 2 && hub.storageRequests.isEmpty)
        }

        @Test(arguments: [
            (
                ["model.safetensors.index.json", "model-1.safetensors", "model-2.safetensors", "pytorch_model.bin"],
                ["model-1.safetensors", "model-2.safetensors", "model.safetensors.index.json"]
            ),
            (["pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "rust_model.ot"], ["pytorch_model.bin"]),
            (
                ["pytorch_model.bin.index.json", "pytorch_model-1.bin", "training_args.bin", "model.onnx"],
                ["pytorch_model-1.bin", "pytorch_model.bin.index.json", "training_args.bin"]
            ),
            (
                ["tokenizer.json", "vocab.txt", "spiece.model", "chat_template.jinja", "image.png", ".gitattributes"],
                ["chat_template.jinja", "spiece.model", "tokenizer.json", "vocab.txt"]
            ),
        ])
        func oneFormOfTheWeightsIsEnough(_ listed: [String], _ needed: [String]) throws {
            let hub = try hub(listed.map { Tiny.small($0) })
            #expect(try paths(in: download(hub)) == needed)
        }

        @Test func aModelIsFoundByItsNameAndThenInTheCache() throws {
            let hub = try hub()
            func resolve(_ more: [String: String] = [:]) throws -> URL {
                try ModelLocation.resolve("org/tiny", prefix: "", environment: environment(hub, more))
            }
            #expect(
                errorText { try resolve(["HF_HUB_OFFLINE": "1"]) }.contains("HF_HUB_OFFLINE keeps it off the network"))
            #expect(hub.requests.isEmpty)
            let snapshot = try resolve()
            let asked = hub.requests.count
            #expect(try resolve() == snapshot && resolve(["HF_HUB_OFFLINE": "1"]) == snapshot)
            #expect(hub.requests.count == asked)
            // Without its weights the model is not whole, and what is missing comes.
            try FileManager.default.removeItem(at: snapshot.appending(path: "model.safetensors"))
            #expect(try content("model.safetensors", in: resolve()) == Tiny.weights)
        }

        @Test func progressEndsWithAllBytes() throws {
            let hub = try hub()
            let seen = Mutex<[DownloadProgress]>([])
            try download(hub, ModelRequest(progress: { step in seen.withLock { $0.append(step) } }))
            let last = seen.withLock { $0.max { $0.completedBytes < $1.completedBytes } }
            #expect(last?.totalBytes == Tiny.weights.count + "{}".utf8.count + #"{"a":1}"#.utf8.count)
            #expect(last?.completedBytes == last?.totalBytes && last?.model == "org/tiny")
        }

        // MARK: Who asks

        @Test func theTokenGoesToTheHubAlone() throws {
            let hub = try hub(token: "hf_secret")
            try download(hub, ModelRequest(), ["HF_TOKEN": "hf_secret\n"])
            #expect(hub.requests.allSatisfy { $0.fields["authorization"] == "Bearer hf_secret" })
            #expect(hub.storageRequests.count == 1 && hub.storageRequests[0].fields["authorization"] == nil)
        }

        @Test func theTokenComesFromTheRequestTheEnvironmentOrTheFile() throws {
            let hub = try hub(token: "right")
            try folder.write("right\n", to: "token")
            func listed(_ request: ModelRequest, _ more: [String: String]) -> String {
                errorText { try download(hub, request, more) }
            }
            #expect(listed(ModelRequest(), [:]) == "nothing was thrown")
            #expect(listed(ModelRequest(token: "right"), ["HF_TOKEN": "wrong"]) == "nothing was thrown")
            #expect(listed(ModelRequest(), ["HF_TOKEN": "right", "HF_TOKEN_PATH": "/absent"]) == "nothing was thrown")
            let missing =
                "there is no model org/tiny on the Hub, or it is private; check the name, and set HF_TOKEN for a private model"
            #expect(listed(ModelRequest(), ["HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]) == missing)
            #expect(
                listed(ModelRequest(token: "a\r\nHost: b"), [:]).hasPrefix("the token for the Hub holds characters"))
        }

        @Test(arguments: [
            (
                401, [:],
                "there is no model org/tiny on the Hub, or it is private; check the name, and set HF_TOKEN for a private model"
            ),
            (
                404, ["X-Error-Code": "RepoNotFound"],
                "there is no model org/tiny on the Hub, or it is private; check the name, and set HF_TOKEN for a private model"
            ),
            (
                403, ["X-Error-Code": "GatedRepo"],
                "org/tiny is gated: accept its conditions at https://huggingface.co/org/tiny, and set HF_TOKEN to a token of that account"
            ),
            (403, [:], "the Hub does not let this account have org/tiny; see https://huggingface.co/org/tiny"),
            (404, ["X-Error-Code": "RevisionNotFound"], "org/tiny has no branch, tag or commit \"main\" on the Hub"),
        ])
        func refusalsSayWhatToDo(_ status: Int, _ fields: [String: String], _ message: String) throws {
            let hub = try hub()
            hub.spoil("/api/") { $0 = LoopbackServer.Answer(status, fields: fields) }
            #expect(errorText { try download(hub) } == message)
            #expect(hub.requests.count == 1)
        }

        @Test func aTokenThatIsNotAcceptedIsNamed() throws {
            let hub = try hub()
            hub.spoil("/api/") { $0 = LoopbackServer.Answer(401) }
            #expect(
                errorText { try download(hub, ModelRequest(token: "old")) }
                    == "the Hub does not accept the token; check HF_TOKEN and the token file")
        }

        // MARK: What breaks

        @Test func briefTroubleIsTriedAgain() throws {
            let hub = try hub(), waits = Waits()
            hub.spoil("/api/") { $0 = LoopbackServer.Answer(429, fields: ["Retry-After": "7"]) }
            hub.spoil("/api/") { $0 = LoopbackServer.Answer(503) }
            hub.spoil("/api/") { $0 = LoopbackServer.Answer(500) }
            try download(hub, waits: waits)
            #expect(waits.durations == [.seconds(7), .seconds(2), .seconds(4)])
        }

        @Test(arguments: [
            (429, "the Hub is asked too often (status 429); try again later"),
            (502, "the Hub has a problem (status 502); try again later"),
        ])
        func lastingTroubleIsAnError(_ status: Int, _ message: String) throws {
            let hub = try hub(), waits = Waits()
            for _ in 0..<5 { hub.spoil("/api/") { $0 = LoopbackServer.Answer(status) } }
            #expect(errorText { try download(hub, waits: waits) } == message)
            #expect(waits.durations == [1, 2, 4, 8].map { .seconds($0) })
        }

        @Test func aBrokenConnectionIsTakenUpWhereItBroke() throws {
            let hub = try hub(), waits = Waits()
            let hash = Tiny.large("").hash
            for count in [100_000, 50_000] { hub.spoil(hash) { $0.ending = .cut(count) } }
            #expect(try content("model.safetensors", in: download(hub, waits: waits)) == Tiny.weights)
            #expect(hub.storageRequests.map { $0.fields["range"] } == [nil, "bytes=100000-", "bytes=150000-"])
            // Each try got on, so none counts as a failure after another.
            #expect(waits.durations == [.seconds(1), .seconds(1)])
        }

        @Test func anotherProcessTakesUpWhatOneLeft() throws {
            let hub = try hub()
            let hash = Tiny.large("").hash
            hub.spoil(hash) { $0.ending = .cut(200_000) }
            for _ in 0..<5 { hub.spoil(hash) { $0.ending = .cut(0) } }
            #expect(errorText { try download(hub) }.hasPrefix("cannot reach 127.0.0.1: "))
            #expect(errorText { try cache.snapshot(of: name) }.contains("is not in the cache"))
            #expect(try content("model.safetensors", in: download(hub)) == Tiny.weights)
            #expect(hub.storageRequests.last?.fields["range"] == "bytes=200000-")
            #expect(try paths(in: model).allSatisfy { !$0.hasSuffix(".partial") })
        }

        @Test func aHubThatKnowsNoRangesBeginsAnew() throws {
            let hub = try hub()
            let hash = Tiny.large("").hash
            hub.spoil(hash) { $0.ending = .cut(1000) }
            hub.spoil(hash) { $0 = LoopbackServer.Answer(200, body: Tiny.weights) }
            #expect(try content("model.safetensors", in: download(hub)) == Tiny.weights)
            let second = try LoopbackHub("org/tiny", commits: Tiny.commits, files: Tiny.files)
            try FileManager.default.removeItem(at: cache.root)
            second.spoil(hash) { $0.ending = .cut(1000) }
            second.spoil(hash) { $0 = LoopbackServer.Answer(416) }
            #expect(try content("model.safetensors", in: download(second)) == Tiny.weights)
        }

        @Test func silenceIsNotWaitedForForEver() throws {
            let hub = try hub()
            hub.spoil(Tiny.large("").hash) { $0.ending = .silence(10) }
            #expect(
                try content("model.safetensors", in: download(hub, ModelRequest(), ["HF_HUB_DOWNLOAD_TIMEOUT": "1"]))
                    == Tiny.weights)
            #expect(hub.storageRequests.count == 2)
        }

        @Test func contentWithAnotherHashIsTriedOnceMore() throws {
            let hub = try hub()
            let file = Tiny.large("")
            @Sendable func spoil(_ answer: inout LoopbackServer.Answer) { answer.body[7] ^= 1 }
            hub.spoil(file.hash, spoil)
            #expect(try content("model.safetensors", in: download(hub)) == Tiny.weights)

            try FileManager.default.removeItem(at: cache.root)
            for _ in 0..<2 { hub.spoil(file.hash, spoil) }
            #expect(
                errorText { try download(hub) }
                    == "model.safetensors of org/tiny arrived with another hash than the Hub announces (\(file.hash)), twice; "
                    + "something on the way changes it")
            #expect(try !paths(in: model).contains { $0.contains(file.hash) })
        }

        @Test func contentBeyondTheAnnouncedLengthIsRefused() throws {
            let hub = try hub()
            hub.spoil(Tiny.large("").hash) { $0.body += [1] }
            #expect(
                errorText { try download(hub) }
                    == "model.safetensors of org/tiny is longer than the 300000 bytes that the Hub announces")
        }

        @Test func withoutTheHubTheCacheCounts() throws {
            let environment = ["HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": folder.url.path]
            func resolve() throws -> URL {
                try ModelLocation.resolve("org/tiny", prefix: "", environment: environment, wait: { _ in })
            }
            #expect(
                errorText { try resolve() }
                    == "org/tiny is not in the cache (looked for \(model.path)), there is no folder \"org/tiny\", "
                    + "and it cannot be downloaded: cannot reach 127.0.0.1: it takes no connection; check the network, its proxy "
                    + "(https_proxy) and HF_ENDPOINT")
            try folder.write("{}", to: "hub/models--org--tiny/snapshots/\(Tiny.commit)/config.json")
            try folder.write(Tiny.commit, to: "hub/models--org--tiny/refs/main")
            #expect(errorText { try resolve() }.contains(" lacks weights (model.safetensors), and the rest cannot be "))
            try folder.write("", to: "hub/models--org--tiny/snapshots/\(Tiny.commit)/model.safetensors")
            #expect(try resolve().lastPathComponent == Tiny.commit)
        }

        @Test func moreThanTheDiskHoldsIsRefusedFirst() throws {
            let hub = try hub()
            hub.spoil("/api/") { answer in
                let text = String(decoding: answer.body, as: UTF8.self)
                answer.body = Array(text.replacing(#""size":300000"#, with: #""size":9000000000000000000"#).utf8)
            }
            let text = errorText { try download(hub) }
            #expect(text.hasPrefix("org/tiny needs 9000000000000 MB, and \(cache.root.path) has "))
            #expect(text.hasSuffix(" MB left; make room, or choose another cache (HF_HUB_CACHE)"))
            #expect(hub.storageRequests.isEmpty)
        }

        @Test(arguments: ["../../evil", "/etc/passwd", "a//b", "a\\\\b", "a/../../b", ".", ""])
        func pathsThatLeadElsewhereAreRefused(_ path: String) throws {
            let hub = try hub([LoopbackHub.File(path, [], hash: String(repeating: "0", count: 40))])
            #expect(
                errorText { try download(hub) }.hasPrefix("the Hub's list of the files of org/tiny holds the path \""))
        }

        @Test(arguments: ["", "[]", "{", "{\"sha\":\"main\",\"siblings\":[]}", String(repeating: "[", count: 100_000)])
        func listsThatMakeNoSenseAreRefused(_ body: String) throws {
            let hub = try hub()
            hub.spoil("/api/") { $0.body = Array(body.utf8) }
            #expect(errorText { try download(hub) }.hasPrefix("the Hub's list of the files of org/tiny "))
        }

        @Test func redirectionsThatLeadNowhereAreRefused() throws {
            let hub = try hub()
            hub.spoil("/api/") { $0 = LoopbackServer.Answer(302, fields: ["Location": "file:///etc/passwd"]) }
            #expect(errorText { try download(hub) }.hasSuffix("to nowhere"))
            for _ in 0..<10 {
                hub.spoil("/api/") {
                    $0 = LoopbackServer.Answer(302, fields: ["Location": "/api/models/org/tiny/revision/main"])
                }
            }
            #expect(errorText { try download(hub) }.hasSuffix("without end"))
        }

        @Test func aDownloadCanBeCancelled() throws {
            let hub = try hub()
            hub.spoil(Tiny.large("").hash) { $0.ending = .silence(10) }
            var request = ModelRequest()
            request.checkCancellation = { if !hub.storageRequests.isEmpty { throw CancellationError() } }
            #expect(throws: CancellationError.self) { try download(hub, request) }
        }

        @Test func severalAtOnceDoNotHarmEachOther() async throws {
            let hub = try hub()
            let snapshots = try await withThrowingTaskGroup(of: URL.self) { group in
                for _ in 0..<4 { group.addTask { try download(hub) } }
                return try await group.reduce(into: Set<URL>()) { $0.insert($1) }
            }
            #expect(snapshots.count == 1)
            #expect(try content("model.safetensors", in: try #require(snapshots.first)) == Tiny.weights)
            #expect(hub.storageRequests.count == 1)
        }
    }
#endif
