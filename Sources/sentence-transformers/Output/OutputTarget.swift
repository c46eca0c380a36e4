// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceCheckpoints
import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where results go, and in which format: what `--output` says.
enum OutputTarget: Equatable, Sendable {
    /// JSON lines on standard output.
    case standardOutput
    case jsonLines(URL)
    case numpy(URL)
    case safetensors(URL)

    /// Reads a path whose ending names the format, or "-".
    static func parse(_ text: String) throws -> OutputTarget {
        if text == "-" { return .standardOutput }
        let url = URL(filePath: text)
        switch url.pathExtension.lowercased() {
        case "jsonl": return .jsonLines(url)
        case "npy": return .numpy(url)
        case "safetensors": return .safetensors(url)
        default:
            throw ValidationError("expected a file that ends in .npy, .jsonl or .safetensors, or - for standard output")
        }
    }

    private var url: URL? {
        switch self {
        case .standardOutput: nil
        case .jsonLines(let url), .numpy(let url), .safetensors(let url): url
        }
    }

    /// Finds out before the work begins whether its result can be written.
    func checkFolder() throws {
        guard let url else { return }
        let folder = url.deletingLastPathComponent().path
        guard System.isWritableFolder(folder) else {
            throw Failure("cannot write \(url.path): there is no folder \(folder), or it is not writable")
        }
    }

    /// Writes JSON lines.
    func writeLines(_ body: (inout LineWriter) throws -> Void) throws {
        guard let url else {
            var writer = LineWriter(System.writeOutput)
            try body(&writer)
            return try writer.flush()
        }
        try AtomicFile.write(to: url) { output in
            // The writer does not outlive this call.
            var writer = LineWriter { try output.write($0) }
            try body(&writer)
            try writer.flush()
        }
    }
}
