// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

/// A command whose standard input and standard error are a terminal, and whose results go to a file.
final class TerminalCommand {
    private let process = Process()
    private let terminal: Int32
    private let folder: TemporaryFolder
    private let results: URL
    private var bytes: [UInt8] = []

    /// Starts a verb with a model from `Tests/Fixtures/models`; one at a time, for the system's sake.
    init(_ verb: String, _ model: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        results = try folder.write("", to: "results")
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        let other = open(try #require(Self.nameOfOtherEnd(terminal)), O_RDWR | O_NOCTTY)
        try #require(other >= 0)
        let end = FileHandle(fileDescriptor: other, closeOnDealloc: true)
        process.executableURL = try Command.executable()
        process.arguments = [verb, "--model", Fixture.url("models/\(model)").path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["TERM": "xterm"]) { $1 }
            .merging(environment) { $1 }
        process.standardInput = end
        process.standardError = end
        process.standardOutput = try FileHandle(forWritingTo: results)
        try process.run()
        // The command alone holds the other end, so that reading ends with it.
        try end.close()
    }

    deinit { close(terminal) }

    /// The file that is the other end of a pseudo terminal; nil if it cannot be used.
    private static func nameOfOtherEnd(_ terminal: Int32) -> String? {
        #if canImport(Darwin)
            guard grantpt(terminal) == 0, unlockpt(terminal) == 0 else { return nil }
            return ptsname(terminal).map { String(cString: $0) }
        #else
            // What the functions of those names do on Linux, which are hidden from Swift: TIOCSPTLCK and TIOCGPTN.
            var lock: Int32 = 0, number: Int32 = 0
            guard ioctl(terminal, 0x4004_5431, &lock) == 0, ioctl(terminal, 0x8004_5430, &number) == 0 else {
                return nil
            }
            return "/dev/pts/\(number)"
        #endif
    }

    /// Types text; U+0004 alone on a line ends the input.
    func type(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(write(terminal, bytes, bytes.count) == bytes.count)
    }

    /// Waits until the terminal has been sent a text; the command sends it soon or ends.
    func wait(for text: String) {
        while !bytes.contains(text.utf8), readMore() {}
        #expect(bytes.contains(text.utf8), "\(screen)")
    }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end, and tells the status, the results, and what is left on the screen.
    func wait() throws -> (status: Int32, results: String, screen: [String]) {
        while readMore() {}
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: results, encoding: .utf8), screen)
    }

    private func readMore() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(terminal, &buffer, buffer.count)
        guard count > 0 else { return count < 0 && errno == EINTR }
        bytes += buffer[..<count]
        return true
    }

    /// The lines as a person sees them, after all that was written over or cleared.
    private var screen: [String] {
        var lines: [[Character]] = [[]], column = 0
        var rest = String(decoding: bytes, as: UTF8.self).replacing("\u{1B}[K", with: "\u{0}").unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n":
                lines.append([])
                column = 0
            case "\0": lines[lines.count - 1].removeSubrange(min(column, lines[lines.count - 1].count)...)
            default:
                let line = lines.count - 1
                if column < lines[line].count {
                    lines[line][column] = Character(scalar)
                } else {
                    lines[line].append(Character(scalar))
                }
                column += 1
            }
        }
        return lines.map { String($0) }.filter { !$0.isEmpty }
    }
}
