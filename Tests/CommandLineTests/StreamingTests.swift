// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("Streaming")
struct StreamingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    private static let lines = (0..<700).map { "the weather is sunny \($0)\n" }.joined()

    @Test("Each result comes while the input still does", arguments: ["encode", "tokenize"])
    func interactive(verb: String) throws {
        let command = try RunningCommand(verb, "mean")
        for text in ["the weather", "it is sunny", "he drove"] {
            try command.write(text + "\n")
            // Hangs if the command waits for more.
            let line = try #require(try command.readLine())
            #expect(line + "\n" == (try Command.run(verb, "mean", input: text).output))
        }
        try command.closeInput()
        #expect(try command.readLine() == nil)
        #expect(try command.wait().status == 0)
    }

    @Test("Windows show in no output", arguments: ["out.jsonl", "out.npy", "out.safetensors"])
    func windows(name: String) throws {
        let half = Self.lines.split(separator: "\n").prefix(350).joined(separator: "\n") + "\n"
        let (first, second) = (
            try folder.write(half, to: "a"), try folder.write(Self.lines.dropFirst(half.count).utf8, to: "b")
        )
        _ = try Command.run("encode", "mean", ["--output", path(name)], input: Self.lines)
        let whole = try Data(contentsOf: folder.url.appending(path: name))
        _ = try Command.run(
            "encode", "mean", ["--input", first.path, "--input", second.path, "--output", path(name)])
        #expect(try Data(contentsOf: folder.url.appending(path: name)) == whole)
        let command = try RunningCommand("encode", "mean", ["--output", path(name)])
        for line in Self.lines.split(separator: "\n").prefix(20) { try command.write(line + "\n") }
        try command.write(Self.lines.split(separator: "\n").dropFirst(20).joined(separator: "\n"))
        try command.closeInput()
        #expect(try command.wait().status == 0)
        #expect(try Data(contentsOf: folder.url.appending(path: name)) == whole)
    }

    @Test("A reader that goes away ends the command in silence with status 141")
    func closedPipe() throws {
        let command = try RunningCommand("encode", "mean")
        try command.write("the weather\n")
        #expect(try command.readLine() != nil)
        try command.closeOutput()
        try command.write("it is sunny\n")
        let (status, reason, error) = try command.wait()
        #expect(status == 141 && reason == .exit && error.isEmpty, "\(error)")
    }

    @Test("A signal ends the command and leaves no file", arguments: [SIGINT, SIGTERM, SIGHUP])
    func interruption(signal: Int32) throws {
        _ = try folder.write("before", to: "out.npy")
        let command = try RunningCommand("encode", "mean", ["--output", path("out.npy")])
        try command.write(Self.lines)
        try command.waitForFile(in: folder) { $0.hasPrefix(".out.npy") }
        command.signal(signal)
        let result = try command.wait()
        #expect(result.status == 128 + signal && result.reason == .exit && result.error.isEmpty, "\(result)")
        #expect(try folder.contents() == ["out.npy"])
        #expect(try String(contentsOf: folder.url.appending(path: "out.npy"), encoding: .utf8) == "before")
    }

    @Test("A failure on the way leaves no file")
    func failure() throws {
        let input = try folder.write("\"a\"\n7\n", to: "texts.jsonl").path
        try expectFailure(
            ["encode", "--model", Fixture.url("models/mean").path, "--input", input, "--output", path("out.npy")],
            "\(input), line 2: found neither text nor pair; expected a string, an array of two strings, or an object "
                + "with \"text\"")
        #expect(try folder.contents() == ["texts.jsonl"])
    }

    // MARK: Targets

    @Test("A named pipe is written through", arguments: ["out.npy", "out.jsonl", "out.safetensors"])
    func namedPipe(name: String) throws {
        #expect(mkfifo(path(name), 0o600) == 0)
        let command = try RunningCommand("encode", "mean", ["--output", path(name)])
        try command.write("the weather\n")
        try command.closeInput()
        let pipe = try #require(FileHandle(forReadingAtPath: path(name)))
        let content = try #require(try pipe.readToEnd())
        #expect(try command.wait().status == 0)
        var status = stat()
        #expect(lstat(path(name), &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
        let expected = "expected." + URL(filePath: name).pathExtension
        _ = try Command.run("encode", "mean", ["--output", path(expected)], input: "the weather\n")
        #expect(try content == Data(contentsOf: folder.url.appending(path: expected)))
    }

    @Test("A link is written through, also to a file that is not there yet")
    func link() throws {
        try FileManager.default.createSymbolicLink(atPath: path("link.jsonl"), withDestinationPath: "real")
        for _ in 0..<2 {
            _ = try Command.run("encode", "mean", ["--output", path("link.jsonl")], input: "a\n")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link.jsonl")) == "real")
            #expect(try String(contentsOf: folder.url.appending(path: "real"), encoding: .utf8).hasPrefix("["))
        }
        #expect(try folder.contents() == ["link.jsonl", "real"])
    }

    @Test("What cannot be written is known before there is a model")
    func unwritable() throws {
        _ = try folder.makeFolder("folder.npy")
        let long = String(repeating: "x", count: 300) + ".npy"
        for (name, message) in [
            ("folder.npy", "it is a folder"), ("none/a.npy", "there is no folder"), (long, "File name too long"),
        ] {
            let result = try Command.run(["encode", "--model", "/no/such/model", "--output", path(name)])
            #expect(result.status == 1 && result.error.contains(message), "\(result.error)")
        }
        #expect(try folder.contents() == ["folder.npy"])
    }

    #if os(Linux)
        @Test("A full disk is a failure")
        func fullDisk() throws {
            try FileManager.default.createSymbolicLink(atPath: path("out.jsonl"), withDestinationPath: "/dev/full")
            let result = try Command.run(
                ["encode", "--model", Fixture.url("models/mean").path, "--output", path("out.jsonl")], input: "a\n")
            #expect(result.status == 1)
            #expect(result.error == "error: cannot write to \(path("out.jsonl")): No space left on device\n")
        }
    #endif
}
