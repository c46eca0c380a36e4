// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation
    import SentenceTestSupport
    import Testing

    @Suite("Downloads")
    struct DownloadCommandTests {
        private static let commit = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        /// A Hub that has the fixture model "mean".
        private func hub() throws -> LoopbackHub {
            let source = Fixture.url("models/mean")
            let paths = try FileManager.default.subpathsOfDirectory(atPath: source.path).filter { $0.contains(".") }
            let files = try paths.map { path in
                try LoopbackHub.File(path, Array(Data(contentsOf: source.appending(path: path))), isLarge: true)
            }
            return try LoopbackHub("sentence-transformers/mean", commits: ["main": Self.commit], files: files)
        }

        private func environment(_ more: [String: String]) -> [String: String] {
            ["HF_HOME": folder.url.path, "HF_HUB_CACHE": "", "SENTENCE_TRANSFORMERS_HOME": ""].merging(more) { $1 }
        }

        @Test("A model is downloaded by name, used, and there from then on")
        func download() throws {
            let hub = try hub()
            let environment = environment(["HF_ENDPOINT": hub.address])
            let encoded = try Command.run(["encode", "--model", "mean"], input: "a text\n", environment: environment)
            #expect(encoded.status == 0 && encoded.error.isEmpty, "\(encoded.error)")
            #expect(try encoded.output == Command.run("encode", "mean", input: "a text\n").output)
            let asked = hub.requests.count

            let printed = try Command.run(["download", "mean", "--offline"], environment: environment)
            let snapshot = folder.url.path + "/hub/models--sentence-transformers--mean/snapshots/\(Self.commit)"
            #expect(printed.lines.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } == [snapshot])
            let offline = try Command.run(
                ["download", "mean"], environment: environment.merging(["HF_HUB_OFFLINE": "1"]) { $1 })
            #expect(offline.output == printed.output && hub.requests.count == asked)
            let again = try Command.run(["download", "mean"], environment: environment)
            #expect(again.status == 0 && again.output == printed.output && hub.requests.count == asked + 1)
        }

        @Test("Another cache, and another revision that is not there")
        func options() throws {
            let hub = try hub()
            let environment = environment(["HF_ENDPOINT": hub.address])
            let cache = folder.url.appending(path: "other").path
            let result = try Command.run(
                ["download", "mean", "--cache-dir", cache, "--quiet"], environment: environment)
            #expect(result.status == 0 && result.output.hasPrefix(cache + "/models--"), "\(result.error)")
            let absent = try Command.run(["download", "mean", "--revision", "v9"], environment: environment)
            #expect(absent.status == 1 && absent.output.isEmpty)
            #expect(
                absent.error == "error: sentence-transformers/mean has no branch, tag or commit \"v9\" on the Hub\n")
            #expect(hub.requests.last?.target.contains("/revision/v9?") == true)
        }

        @Test("Too few file descriptors are an error, not a wait", .timeLimit(.minutes(1)), arguments: [8, 12, 16])
        func descriptors(count: Int) throws {
            let hub = try hub()
            let result = try Command.run(
                ["download", "mean"], environment: environment(["HF_ENDPOINT": hub.address]), limits: "-n \(count)")
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(
                result.error.hasPrefix("error: cannot ") && result.error.split(separator: "\n").count == 1,
                "\(result.error)")
        }

        @Test("Where the system gives no thread, files come one after another", .timeLimit(.minutes(1)))
        func threads() throws {
            let hub = try hub()
            let result = try Command.run(
                ["download", "mean"], environment: environment(["HF_ENDPOINT": hub.address]), limits: Command.noThreads)
            #expect(result.status == 0 && result.lines.count == 1, "\(result.error)")
        }

        @Test("What another tool left is used offline with a warning, unless --quiet")
        func warning() throws {
            let snapshot = "hub/models--org--plain/snapshots/\(Self.commit)"
            try folder.makeFolder("hub/models--org--plain/snapshots")
            try FileManager.default.copyItem(
                at: Fixture.url("models/plain"), to: folder.url.appending(path: snapshot))
            try folder.write(Self.commit, to: "hub/models--org--plain/refs/main")
            let environment = environment(["HF_HUB_OFFLINE": "1"])
            let loud = try Command.run(["encode", "--model", "org/plain"], input: "a\n", environment: environment)
            #expect(loud.status == 0 && loud.lines.count == 1)
            #expect(loud.error.hasPrefix("warning: it is not known whether it has a modules.json: "), "\(loud.error)")
            let quiet = try Command.run(
                ["encode", "--model", "org/plain", "--quiet"], input: "a\n", environment: environment)
            #expect(quiet.output == loud.output && quiet.error.isEmpty, "\(quiet.error)")
        }

        @Test("Requests go through the proxy of the environment, but for its exceptions")
        func proxy() throws {
            let proxy = try LoopbackServer { request in
                LoopbackServer.Answer(request.target.hasPrefix("http://hub.invalid/api/") ? 403 : 500)
            }
            var variables = ["HF_ENDPOINT": "http://hub.invalid", "http_proxy": proxy.address, "no_proxy": ""]
            let refused = try Command.run(["download", "mean"], environment: environment(variables))
            #expect(
                refused.error.hasPrefix("error: the Hub does not let this account have sentence-transformers/mean"),
                "\(refused.error)")
            #expect(proxy.requests.count == 1)
            let hub = try hub()
            variables["HF_ENDPOINT"] = hub.address
            variables["no_proxy"] = "127.0.0.1"
            let direct = try Command.run(["download", "mean"], environment: environment(variables))
            #expect(direct.status == 0, "\(direct.error)")
            #expect(proxy.requests.count == 1 && !hub.requests.isEmpty)
        }
    }
#endif
