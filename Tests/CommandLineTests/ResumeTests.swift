// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("Broken jobs")
struct ResumeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    private static func lines(_ range: Range<Int>) -> String {
        range.map { "{\"id\": \($0), \"text\": \"the weather is sunny \($0)\"}\n" }.joined()
    }

    /// Kills a job after some of its rows.
    private func breakJob(_ arguments: [String], signal: Int32 = SIGKILL) throws {
        let command = try RunningCommand("encode", "mean", arguments)
        try command.write(Self.lines(0..<300))
        try command.waitForFile(in: folder) { name in
            guard name.hasSuffix(".resume.json") else { return false }
            let text = try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
            return text.contains("\"rows\": 300")
        }
        command.signal(signal)
        _ = try command.wait()
    }

    @Test(
        "What goes on is the same as what never broke",
        arguments: [
            ("out.npy", []), ("out.npy", ["--id-field", "id"]), ("out.jsonl", ["--keep", "id"]),
            ("out.safetensors", ["--precision", "binary"]), ("out.npy", ["--precision", "int8"]),
            ("out.jsonl", ["--precision", "uint8", "--id-field", "id"]), ("out.safetensors", ["--token-embeddings"]),
        ])
    func resume(name: String, arguments: [String]) throws {
        let arguments = ["--input-format", "jsonl", "--output", path(name)] + arguments
        _ = try Command.run("encode", "mean", arguments, input: Self.lines(0..<700))
        let names = try folder.contents()
        let whole = try names.map { try Data(contentsOf: folder.url.appending(path: $0)) }
        for name in names { try FileManager.default.removeItem(atPath: path(name)) }
        try breakJob(arguments + ["--resume"], signal: name == "out.npy" ? SIGINT : SIGKILL)
        #expect(try !folder.contents().contains(name))
        _ = try Command.run("encode", "mean", arguments + ["--resume"], input: Self.lines(0..<700))
        #expect(try folder.contents() == names)
        #expect(try names.map { try Data(contentsOf: folder.url.appending(path: $0)) } == whole)
    }

    @Test("Rows that are finished are not computed again")
    func skips() throws {
        let arguments = ["--input-format", "jsonl", "--output", path("out.jsonl"), "--resume"]
        try breakJob(arguments)
        // What stands in the part shows in the result.
        let part = folder.url.appending(path: ".out.jsonl.rows.partial")
        var bytes = try Data(contentsOf: part)
        bytes[0] = UInt8(ascii: "<")
        try bytes.write(to: part)
        _ = try Command.run("encode", "mean", arguments, input: Self.lines(0..<301))
        let text = try String(contentsOf: folder.url.appending(path: "out.jsonl"), encoding: .utf8)
        #expect(text.hasPrefix("<") && text.split(separator: "\n").count == 301)
    }

    @Test("Two jobs do not continue the same one at the same time")
    func twice() throws {
        let arguments = ["--input-format", "jsonl", "--output", path("out.npy"), "--resume"]
        let command = try RunningCommand("encode", "mean", arguments)
        try command.write(Self.lines(0..<10))
        try command.waitForFile(in: folder) { $0.hasSuffix(".resume.json") }
        let second = try Command.run(
            ["encode", "--model", Fixture.url("models/mean").path] + arguments, input: Self.lines(0..<10))
        #expect(second.status == 1)
        #expect(second.error == "error: cannot write \(path("out.npy")): another process is at work on it\n")
        try command.closeInput()
        #expect(try command.wait().status == 0)
        #expect(try folder.contents() == ["out.npy"])
    }

    @Test("Another input, option or model is refused by name, and nothing is lost")
    func refusals() throws {
        let model = Fixture.url("models/mean").path
        let arguments = ["--input-format", "jsonl", "--output", path("out.npy"), "--resume"]
        try breakJob(arguments)
        let left = try folder.contents()
        let other = Self.lines(0..<700).replacing("sunny 299\"", with: "sunny 3\"")
        for (input, more, message) in [
            (other, [], "the input is not that of the broken job, of which 300 rows are finished"),
            (Self.lines(0..<299), [], "the input is not that of the broken job"),
            (
                Self.lines(0..<700), ["--normalize"],
                "--normalize was false and is now true; run it as before, or remove "
            ),
            (Self.lines(0..<700), ["--prompt", "a"], "--prompt was not given and is now a"),
        ] {
            let result = try Command.run(["encode", "--model", model] + arguments + more, input: input)
            #expect(result.status == 1 && result.error.contains(message), "\(result.error)")
            #expect(try folder.contents() == left)
        }
        let moved = folder.url.appending(path: "moved")
        try FileManager.default.copyItem(at: URL(filePath: model), to: moved)
        let result = try Command.run(["encode", "--model", moved.path] + arguments, input: Self.lines(0..<700))
        #expect(result.status == 1 && result.error.contains("the "), "\(result.error)")
        let stream = try Command.run(["encode", "--model", model, "--resume"], input: "a\n")
        #expect(stream.status == 64 && stream.error.contains("--resume needs --output"))
    }

    @Test("A named pipe cannot be continued, which is said before anybody reads it")
    func namedPipe() throws {
        #expect(mkfifo(path("out.npy"), 0o600) == 0)
        #expect(mkfifo(path("other.ids.jsonl"), 0o600) == 0)
        let model = Fixture.url("models/mean").path
        let message = "--resume needs an --output that is a file, which a broken job leaves behind"
        for verb in ["encode", "predict"] {
            try expectFailure([verb, "--model", model, "--output", path("out.npy"), "--resume"], message)
        }
        try expectFailure(
            ["encode", "--model", model, "--output", path("other.npy"), "--id-field", "id"],
            "cannot write \(path("other.ids.jsonl")), which holds the fields of rows: it is no file")
        #expect(try folder.contents() == ["other.ids.jsonl", "out.npy"])
    }
}
