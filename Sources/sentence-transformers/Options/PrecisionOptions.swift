// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How numbers are stored, and between which values int8 and uint8 divide.
struct PrecisionOptions: ParsableArguments {
    @Option(help: "How the numbers are stored.")
    var precision: EmbeddingPrecision = .float32

    @Option(
        help: ArgumentHelp(
            """
            The ranges of int8 and uint8: what is in the file, or if there is no such file those of these texts, which \
            are then saved there for queries.
            """, valueName: "file"))
    var ranges: String?

    @Option(
        help: ArgumentHelp("Save the ranges of these texts there, also over earlier ones.", valueName: "file"))
    var saveRanges: String?

    /// Whether the precision has ranges.
    var hasRanges: Bool { precision == .int8 || precision == .uint8 }

    func validate() throws {
        if let option = ranges.map({ _ in "--ranges" }) ?? saveRanges.map({ _ in "--save-ranges" }), !hasRanges {
            throw ValidationError("\(option) needs --precision int8 or uint8")
        }
        if ranges != nil, saveRanges != nil { throw ValidationError("take --ranges or --save-ranges") }
    }

    /// The ranges of the file; nil if those of the texts are taken.
    ///
    /// - Throws: If they cannot be read, or cannot be saved later.
    func load() throws -> QuantizationRanges? {
        if let ranges, FileManager.default.fileExists(atPath: ranges) {
            return try QuantizationRanges(contentsOf: URL(filePath: ranges))
        }
        if let path = ranges ?? saveRanges { _ = try Destination(URL(filePath: path)) }
        return nil
    }

    /// Keeps the ranges of these texts, if that is asked for.
    func save(_ found: QuantizationRanges, isQuiet: Bool) throws {
        guard let path = ranges ?? saveRanges else { return }
        try found.write(to: URL(filePath: path))
        if ranges != nil, !isQuiet {
            Console.warn("\(path) was not there; it now holds the ranges of these texts, for queries with --ranges")
        }
    }
}
