// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where results go, and in which format, as `--output` says.
enum OutputTarget: Equatable, Sendable {
    /// JSON lines on standard output.
    case standardOutput
    case jsonLines(URL)
    case numpy(URL)
    case safetensors(URL)
    /// A sparse matrix as SciPy stores it.
    case scipy(URL)

    /// Parses a path whose extension names the format, or "-".
    static func parse(_ text: String) throws -> OutputTarget {
        if text == "-" { return .standardOutput }
        let url = URL(filePath: text)
        switch url.pathExtension.lowercased() {
        case "jsonl": return .jsonLines(url)
        case "npy": return .numpy(url)
        case "safetensors": return .safetensors(url)
        case "npz": return .scipy(url)
        default:
            throw ValidationError(
                "expected a file that ends in .npy, .jsonl or .safetensors (.npz for sparse embeddings), or - for "
                    + "standard output")
        }
    }

    /// The file; nil for standard output.
    var url: URL? {
        switch self {
        case .standardOutput: nil
        case .jsonLines(let url), .numpy(let url), .safetensors(let url), .scipy(let url): url
        }
    }

    /// Whether results are JSON lines, which can contain the fields of their rows.
    var isLines: Bool {
        switch self {
        case .standardOutput, .jsonLines: true
        case .numpy, .safetensors, .scipy: false
        }
    }

    /// Writes JSON lines to standard output.
    static func print(_ body: (inout LineWriter) throws -> Void) throws {
        var writer = LineWriter { try System.write($0, to: System.standardOutput, "standard output") }
        try body(&writer)
        try writer.flush()
    }
}
