// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

/// The executable that was built with the tests.
enum Command {
    /// How a run ended and what it printed.
    struct Result {
        let status: Int32
        let output: String
        let error: String

        /// The lines on standard output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }

        /// The lines on standard output as JSON.
        func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> [Value] {
            try lines.map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
        }
    }

    /// Limits under which no thread starts: the stack of one would take more than all memory.
    static let noThreads = "-s 16777216 && ulimit -v 8388608"

    /// Runs the executable and waits for its end, with the limits of the shell's `ulimit` if there are some.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], limits: String? = nil
    ) throws -> Result {
        let folder = try TemporaryFolder()
        let process = Process()
        if let limits {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", "ulimit \(limits) && exec \"$0\" \"$@\"", try executable().path] + arguments
        } else {
            process.executableURL = try executable()
            process.arguments = arguments
        }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files instead of pipes, which could fill up.
        process.standardInput = try FileHandle(forReadingFrom: folder.write(input, to: "input"))
        let output = try folder.write("", to: "output")
        let error = try folder.write("", to: "error")
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit, "\(arguments)")
        return Result(
            status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
            error: try String(contentsOf: error, encoding: .utf8))
    }

    /// Runs a verb with a model from `Tests/Fixtures/models`; its success is expected.
    static func run(_ verb: String, _ model: String, _ arguments: [String] = [], input: String = "") throws -> Result {
        let result = try run([verb, "--model", Fixture.url("models/\(model)").path] + arguments, input: input)
        #expect(result.status == 0, "\(result.error)")
        return result
    }

    /// The executable lies beside the test bundle.
    static func executable() throws -> URL {
        let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
        let folders = (bundles + [URL(filePath: CommandLine.arguments[0])]).map { $0.deletingLastPathComponent() }
        let candidates = folders.map { $0.appending(path: "sentence-transformers") }
        return try #require(
            candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) },
            "no executable at any of \(candidates.map(\.path))")
    }
}
