// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("What a person at a terminal sees", .serialized, .timeLimit(.minutes(1)))
struct TerminalTests {
    private let waiting = "reading texts from the terminal, one a line; Ctrl-D ends them"

    @Test("Encoding says what it waits for, shows how far it is, and ends with a summary")
    func encoding() throws {
        let command = try TerminalCommand("encode", "mean")
        command.wait(for: waiting)
        command.type("first\n")
        command.wait(for: "1 text, ")
        command.type("second\n\u{4}")
        let (status, results, screen) = try command.wait()
        #expect(status == 0)
        #expect(results.split(separator: "\n").count == 2)
        #expect(screen.count == 4 && screen.first == waiting, "\(screen)")
        #expect(
            screen.last?.hasPrefix("2 texts in ") == true && screen.last?.hasSuffix(" texts/s") == true, "\(screen)")
    }

    @Test("Ctrl-C takes the line of progress away", arguments: [SIGINT, SIGTERM])
    func interruption(signal: Int32) throws {
        let command = try TerminalCommand("encode", "mean")
        command.wait(for: waiting)
        command.type("first\n")
        command.wait(for: "1 text, ")
        command.signal(signal)
        let (status, _, screen) = try command.wait()
        #expect(status == 128 + signal)
        #expect(screen == [waiting, "first"])
    }

    @Test("A file is read with a bar of how much of it is done")
    func bar() throws {
        let folder = try TemporaryFolder()
        // Different texts, of which each micro-batch has a few; equal ones would all be done at once.
        let lines = (0..<2000).map { "text number \($0)\n" }
        let texts = try folder.write(lines.joined(), to: "texts.txt")
        let command = try TerminalCommand("encode", "mean", ["--input", texts.path])
        command.wait(for: "░")
        let (status, results, screen) = try command.wait()
        #expect(status == 0 && results.split(separator: "\n").count == 2000)
        #expect(screen.count == 1 && screen[0].hasPrefix("2,000 texts in "), "\(screen)")
    }

    @Test("Evaluation and search show how far they are, and leave only results")
    func shares() throws {
        let folder = try TemporaryFolder()
        let rows = (0..<300).map { "text number \($0),another one \(300 - $0),\(Double($0) / 300)\n" }
        let pairs = try folder.write("sentence1,sentence2,score\n" + rows.joined(), to: "pairs.csv")
        let evaluation = try TerminalCommand("evaluate", "mean", ["--data", pairs.path])
        evaluation.wait(for: "evaluating, ")
        let (status, results, screen) = try evaluation.wait()
        #expect(status == 0 && results.split(separator: "\n").count == 2 && screen.isEmpty, "\(screen)")
        let corpus = folder.url.appending(path: "corpus.npy").path
        let encoded = try Command.run(
            "encode", "mean", ["--input", pairs.path, "--text-field", "sentence1", "--output", corpus])
        #expect(encoded.status == 0)
        let search = try TerminalCommand("search", "mean", ["--corpus", corpus, "--queries", corpus])
        search.wait(for: "searching, ")
        let (found, hits, left) = try search.wait()
        #expect(found == 0 && !hits.isEmpty && left.isEmpty, "\(left)")
    }

    @Test(
        "Nothing is drawn with --quiet or where lines cannot be cleared",
        arguments: [(["--quiet"], "xterm"), ([], "dumb")])
    func plain(options: [String], term: String) throws {
        let command = try TerminalCommand("encode", "mean", options, environment: ["TERM": term])
        command.type("first\n\u{4}")
        let (status, results, screen) = try command.wait()
        #expect(status == 0 && results.split(separator: "\n").count == 1)
        #expect(screen.filter { $0 != "first" } == (options.isEmpty ? [waiting] : []))
    }
}
