// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation
    import SentenceHub
    import SentenceTestSupport
    import Testing

    /// Damaged answers of a Hub, and damaged files that name others, end in an error or in files of the model.
    ///
    /// They never end in a crash or a hang. `make fuzz` runs many more of them.
    @Suite struct HubMutationTests: DownloadSuite {
        let folder: TemporaryFolder
        private static let pieces = [
            "rfilename", "siblings", "lfs", "sha256", "size", "blobId", "../", "/", "\\\\", "\u{301}", Tiny.commit,
            "router_config.json", "weight_map", "types", "path", "9223372036854775808",
        ].map { Array($0.utf8) }
        private static let structure: [String: String] = [
            "modules.json":
                #"[{"path":"","type":"a.Router"},{"path":"1_Dense","type":"a.Dense"},{"path":"2_N","type":"a.Normalize"}]"#,
            "router_config.json": #"{"types":{"q":"a.Transformer","d":"a.Router"},"structure":{"q":["q"],"d":["d"]}}"#,
            "d/router_config.json": #"{"types":{"0_S":"a.StaticEmbedding"},"structure":{"x":["0_S"]}}"#,
            "q/model.safetensors.index.json": #"{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}"#,
        ]
        private static let others = [
            "q/config.json", "q/tokenizer.json", "q/1.safetensors", "q/2.safetensors", "1_Dense/model.safetensors",
            "d/0_S/model.safetensors", "d/0_S/tokenizer.json", "README.md",
        ]

        init() throws { folder = try TemporaryFolder() }

        private static func listing() -> [UInt8] {
            let siblings = (structure.keys.sorted() + others).map { path in
                path.hasSuffix(".safetensors")
                    ? #"{"rfilename":"\#(path)","size":7,"lfs":{"sha256":"\#(Tiny.large(path).hash)","size":7}}"#
                    : #"{"rfilename":"\#(path)","size":2,"blobId":"\#(Tiny.commit)"}"#
            }
            return Array(#"{"sha":"\#(Tiny.commit)","siblings":[\#(siblings.joined(separator: ","))]}"#.utf8)
        }

        /// Whether a path has only names of files in it.
        private func staysInside(_ path: String) -> Bool {
            path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && !$0.elementsEqual("..".utf8) && !$0.elementsEqual(".".utf8) && !$0.contains(0)
            }
        }

        @Test func listings() throws {
            let name = try name
            let (accepted, staysSmall) = try Mutations.run(
                "listings of a Hub", of: [Self.listing()], pieces: Self.pieces, seed: 40
            ) { bytes in
                guard let listing = try? RepositoryListing(parsing: Data(bytes), of: name) else { return false }
                let needed = listing.needed { Self.structure[$0.path].map { Data($0.utf8) } }
                #expect(needed.allSatisfy { staysInside($0.path) && listing.files.contains($0) })
                let kept = try RepositoryListing(parsing: Data(listing.text.utf8), of: name)
                #expect(kept.files == listing.files)
                return true
            }
            #expect(accepted > 0 && staysSmall)
        }

        @Test(arguments: structure.keys.sorted())
        func filesThatNameOthers(_ path: String) throws {
            let name = try name
            let listing = try RepositoryListing(parsing: Data(Self.listing()), of: name)
            let sound = try #require(Self.structure[path])
            let (accepted, staysSmall) = Mutations.run(
                path, of: [Array(sound.utf8)], pieces: Self.pieces, seed: 41, usualCount: 300
            ) { bytes in
                let needed = listing.needed { file in
                    file.path == path ? Data(bytes) : Self.structure[file.path].map { Data($0.utf8) }
                }
                #expect(needed.allSatisfy { staysInside($0.path) })
                return needed.count == listing.files.count - 1
            }
            #expect(accepted > 0 && staysSmall)
        }

        @Test(arguments: structure.keys.sorted())
        func snapshotsWithoutAListing(_ path: String) throws {
            for (path, text) in Self.structure {
                try folder.write(text, to: "hub/models--org--tiny/snapshots/a/\(path)")
            }
            for path in Self.others { try folder.write("{}", to: "hub/models--org--tiny/snapshots/a/\(path)") }
            try folder.write("a", to: "hub/models--org--tiny/refs/main")
            let sound = try #require(Self.structure[path]), name = try name
            let (accepted, staysSmall) = try Mutations.run(
                "\(path) of a cache", of: [Array(sound.utf8)], pieces: Self.pieces, seed: 42, usualCount: 200
            ) { bytes in
                try folder.write(bytes, to: "hub/models--org--tiny/snapshots/a/\(path)")
                return (try? cache.snapshot(of: name)) != nil
            }
            #expect(accepted > 0 && staysSmall)
        }

        @Test func answers() throws {
            let body = String(decoding: Self.listing(), as: UTF8.self)
            let sound = [
                "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nX-Error-Code: GatedRepo\r\nContent-Length: 0\r\n\r\n",
            ].map { Array($0.utf8) }
            let pieces = ["HTTP/1.1 ", "\r\n", "\r\n\r\n", "206", "416", "Content-Range: bytes 0-1/2", ": "]
            let hub = try hub(), name = try name
            var accepted = 0
            _ = Mutations.run(
                "answers of a Hub", of: sound, pieces: pieces.map { Array($0.utf8) }, seed: 43, usualCount: 100
            ) { bytes in
                hub.spoil("/api/") { $0.bytes = bytes }
                var request = ModelRequest()
                // Only the first answer is of interest.
                let asked = hub.requests.count
                request.checkCancellation = { if hub.requests.count > asked + 1 { throw CancellationError() } }
                let text = errorText {
                    try ModelLocation.download(
                        name, request: request, cache: cache, environment: environment(hub),
                        wait: { _ in throw CancellationError() })
                }
                #expect(text != "nothing was thrown" && !text.contains("\n"))
                if text == "CancellationError()" { accepted += 1 }
                return text == "CancellationError()"
            }
            #expect(accepted > 0)
        }
    }
#endif
