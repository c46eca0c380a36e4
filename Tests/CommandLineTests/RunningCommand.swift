// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

/// A command that a test feeds and reads while it runs.
final class RunningCommand {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let folder: TemporaryFolder
    private let error: URL
    private var pending: [UInt8] = []

    /// Starts a verb with a model from `Tests/Fixtures/models`.
    init(_ verb: String, _ model: String, _ arguments: [String] = []) throws {
        folder = try TemporaryFolder()
        error = try folder.write("", to: "error")
        process.executableURL = try Command.executable()
        process.arguments = [verb, "--model", Fixture.url("models/\(model)").path] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        // The other ends are the command's alone, so that it is the only one that holds them open.
        try input.fileHandleForReading.close()
        try output.fileHandleForWriting.close()
    }

    /// Hands text to the command.
    func write(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

    /// Ends the command's input.
    func closeInput() throws { try input.fileHandleForWriting.close() }

    /// Goes away as the reader of the command's results.
    func closeOutput() throws { try output.fileHandleForReading.close() }

    /// Waits for a line on standard output; nil at its end.
    func readLine() throws -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            // What is there, without waiting for more.
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { return nil }
            pending += more
        }
    }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end, and tells the status and what was on standard error.
    func wait() throws -> (status: Int32, reason: Process.TerminationReason, error: String) {
        process.waitUntilExit()
        return (
            process.terminationStatus, process.terminationReason, try String(contentsOf: error, encoding: .utf8)
        )
    }

    /// Waits until the folder holds a file that fits; the command makes it soon or ends.
    func waitForFile(in folder: TemporaryFolder, where fits: (String) throws -> Bool) throws {
        while process.isRunning, try !folder.contents().contains(where: fits) { usleep(1000) }
    }
}
