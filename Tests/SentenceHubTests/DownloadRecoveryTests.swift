// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation
    import SentenceHub
    import SentenceTestSupport
    import Synchronization
    import Testing

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// Slow disks, full disks, links, locks and odd answers.
    @Suite(.timeLimit(.minutes(1))) struct DownloadRecoveryTests: DownloadSuite {
        let folder: TemporaryFolder
        private let hash = Tiny.large("").hash

        init() throws { folder = try TemporaryFolder() }

        // MARK: The pace

        @Test func aSlowReaderSlowsTheSenderDown() throws {
            let size = 64 << 20
            let hub = try hub([
                Tiny.small("config.json"), Tiny.large("model.safetensors", [UInt8](repeating: 7, count: size)),
            ])
            let sent = Mutex<[Int]>([])
            // The thread that writes waits here as for a disk, until nothing more is sent.
            let request = ModelRequest(progress: { step in
                guard step.completedBytes > 2, sent.withLock({ $0.isEmpty }) else { return }
                repeat {
                    sent.withLock { $0.append(hub.storageByteCount) }
                    Thread.sleep(forTimeInterval: 0.1)
                } while sent.withLock { $0.last } != hub.storageByteCount
            })
            let snapshot = try download(hub, request)
            #expect(try content("model.safetensors", in: snapshot).count == size)
            let held = try #require(sent.withLock { $0.last })
            #expect(held < size / 2, "\(held) bytes were on the way to a client that took none")
        }

        @Test func theFirstErrorEndsWhatIsUnderWay() throws {
            let hub = try hub()
            hub.spoil(hash) { $0.ending = .silence(10) }
            hub.spoil("/1_Pooling/") { answer in
                answer = LoopbackServer.Answer(403)
                while hub.storageRequests.isEmpty { Thread.sleep(forTimeInterval: 0.01) }
            }
            // Nobody waits for the silent one, which would take an hour.
            let text = errorText { try download(hub, ModelRequest(), ["HF_HUB_DOWNLOAD_TIMEOUT": "3600"]) }
            #expect(text.hasPrefix("the Hub does not let this account have org/tiny"))
        }

        // MARK: The room on the disk

        @Test func onlyWhatIsLeftOfAFileNeedsRoom() throws {
            let size = try 1 << 30 + #require(try freeSpace()), blob = String(repeating: "ab", count: 32)
            let hub = try hub([LoopbackHub.File("model.safetensors", [], hash: blob, isLarge: true)])
            func text() -> String {
                hub.spoil("/api/") { answer in
                    let list = String(decoding: answer.body, as: UTF8.self)
                    answer.body = Array(list.replacing(#""size":0"#, with: "\"size\":\(size)").utf8)
                }
                var request = ModelRequest()
                // The lock is taken when the room was enough.
                let lock = cache.root.appending(path: ".locks/models--org--tiny/\(blob).lock").path
                request.checkCancellation = {
                    if FileManager.default.fileExists(atPath: lock) { throw CancellationError() }
                }
                return errorText { try download(hub, request) }
            }
            #expect(text().hasPrefix("org/tiny needs "))
            let partial = try folder.write("", to: "hub/models--org--tiny/blobs/\(blob).a.partial")
            #expect(truncate(partial.path, off_t(size - 1000)) == 0)
            #expect(text() == "CancellationError()")
        }

        private func freeSpace() throws -> Int? {
            try FileManager.default.attributesOfFileSystem(forPath: folder.url.path)[.systemFreeSize] as? Int
        }

        @Test func announcedSizesMayBeOfAnySum() throws {
            let hub = try hub(Tiny.files + [Tiny.large("2.json", [2]), Tiny.large("3.json", [3])])
            hub.spoil("/api/") { answer in
                let text = String(decoding: answer.body, as: UTF8.self)
                answer.body = Array(
                    text.replacing(#""size":300000"#, with: #""size":9000000000000000000"#)
                        .replacing(#""size":1,"#, with: #""size":9000000000000000000,"#).utf8)
            }
            #expect(errorText { try download(hub) }.hasPrefix("org/tiny needs 9223372036854 MB, and "))
        }

        // MARK: Answers

        @Test func anotherRangeThanWasAskedForMeansANewBeginning() throws {
            let hub = try hub(), waits = Waits()
            hub.spoil(hash) { $0.ending = .cut(1000) }
            hub.spoil(hash) { $0.fields["Content-Range"] = "bytes 500-299999/300000" }
            #expect(try content("model.safetensors", in: download(hub, waits: waits)) == Tiny.weights)
            #expect(hub.storageRequests.map { $0.fields["range"] } == [nil, "bytes=1000-", nil])
            #expect(waits.durations == [.seconds(1), .zero])
        }

        @Test func aRangeThatNobodyAskedForIsAnError() throws {
            let hub = try hub()
            for _ in 0..<5 {
                hub.spoil(hash) {
                    $0 = LoopbackServer.Answer(206, fields: ["Content-Range": "bytes 7-8/9"], body: [1, 2])
                }
            }
            #expect(errorText { try download(hub) }.hasSuffix(" answers with the status 206"))
        }

        @Test func anAnswerThatEndsTooEarlyInSilenceGoesOn() throws {
            let hub = try hub()
            hub.spoil(hash) { $0.body.removeLast(200_000) }
            #expect(try content("model.safetensors", in: download(hub)) == Tiny.weights)
            #expect(hub.storageRequests.map { $0.fields["range"] } == [nil, "bytes=100000-"])
        }

        // MARK: What lies in the way

        @Test func linksAreNotFollowed() throws {
            let victim = try folder.write("mine", to: "victim")
            let equallyLong = try folder.write(Tiny.weights.reversed(), to: "long")
            let blobs = try folder.makeFolder("hub/models--org--tiny/blobs").path
            for name in ["\(hash).a.partial", "\(Tiny.small("config.json").hash).b.partial"] {
                try FileManager.default.createSymbolicLink(atPath: "\(blobs)/\(name)", withDestinationPath: victim.path)
            }
            try FileManager.default.createSymbolicLink(
                atPath: "\(blobs)/\(hash)", withDestinationPath: equallyLong.path)
            let hub = try hub()
            #expect(try content("model.safetensors", in: download(hub)) == Tiny.weights)
            #expect(try String(contentsOf: victim, encoding: .utf8) == "mine")
            #expect(try Data(contentsOf: equallyLong).elementsEqual(Tiny.weights.reversed()))
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(blobs)/\(hash)")
            #expect(attributes[.type] as? FileAttributeType == .typeRegular)
        }

        @Test func aLinkInPlaceOfALockIsAnError() throws {
            try folder.makeFolder("hub/.locks/models--org--tiny")
            let lock = cache.root.appending(path: ".locks/models--org--tiny/\(hash).lock").path
            try FileManager.default.createSymbolicLink(atPath: lock, withDestinationPath: folder.url.path + "/absent")
            #expect(errorText { try download(hub()) }.hasPrefix("cannot write \(lock): "))
            #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/absent"))
        }

        @Test func aLockOfAnotherProcessIsWaitedForAloud() throws {
            let path = try folder.write("", to: "hub/.locks/models--org--tiny/\(hash).lock").path
            let descriptor = open(path, O_RDWR)
            #expect(flock(descriptor, LOCK_EX) == 0)
            let notes = Notes()
            var request = ModelRequest()
            request.warning = {
                notes.add($0)
                close(descriptor)
            }
            #expect(try content("model.safetensors", in: download(hub(), request)) == Tiny.weights)
            #expect(
                notes.texts == [
                    "waiting for another process, which downloads model.safetensors of org/tiny (it holds \(path))"
                ])
        }
    }
#endif
