// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceFiles
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Options for how numbers are stored, and for the ranges of int8 and uint8.
struct PrecisionOptions: ParsableArguments {
    @Option(help: "How the numbers are stored.")
    var precision: EmbeddingPrecision = .float32

    @Option(
        help: ArgumentHelp(
            """
            The ranges of int8 and uint8: those in the file; if it does not exist, those of these texts, which are \
            then saved there for queries.
            """, valueName: "file"))
    var ranges: String?

    @Option(
        help: ArgumentHelp("Use the ranges of these texts and save them, replacing earlier ones.", valueName: "file"))
    var saveRanges: String?

    /// Whether the precision has ranges.
    var hasRanges: Bool { precision == .int8 || precision == .uint8 }

    func validate() throws {
        if let option = ranges.map({ _ in "--ranges" }) ?? saveRanges.map({ _ in "--save-ranges" }), !hasRanges {
            throw ValidationError("\(option) needs --precision int8 or uint8")
        }
        if ranges != nil, saveRanges != nil { throw ValidationError("give either --ranges or --save-ranges, not both") }
    }

    /// The ranges in the file of `--ranges`.
    ///
    /// - Parameter isNormalized: Whether `--normalize` is given; it must be as when the ranges were saved.
    /// - Returns: Nil if the ranges of the texts are to be used.
    /// - Throws: If they cannot be read, belong to other embeddings, or could not be saved later.
    func load(isNormalized: Bool) throws -> QuantizationRanges? {
        if let ranges, FileManager.default.fileExists(atPath: ranges) {
            let found = try QuantizationRanges(contentsOf: URL(filePath: ranges))
            if let saved = try Self.savedNormalization(ranges), saved != isNormalized {
                throw Failure(
                    "the ranges in \(ranges) are those of embeddings \(saved ? "with" : "without") --normalize, "
                        + "which is \(isNormalized ? "given" : "not given") now; encode as then, or take other ranges")
            }
            return found
        }
        if let path = ranges ?? saveRanges { _ = try Destination(URL(filePath: path)) }
        return nil
    }

    /// Whether ranges were saved with `--normalize`; nil if the file does not say, like those that the library writes.
    private static func savedNormalization(_ path: String) throws -> Bool? {
        let data = try Data(contentsOf: URL(filePath: path))
        let value = try data.withUnsafeBytes { try JSONValue(parsing: $0, file: path) }
        guard let saved = value.asObject?["normalized"] else { return nil }
        guard case .bool(let isNormalized) = saved else {
            throw Failure("\(path): expected true or false as \"normalized\"")
        }
        return isNormalized
    }

    /// Saves the ranges of these texts and whether `--normalize` is given, if an option asks for it.
    ///
    /// `QuantizationRanges` can read the file too.
    func save(_ found: QuantizationRanges, isNormalized: Bool, isQuiet: Bool) throws {
        guard let path = ranges ?? saveRanges else { return }
        func list(_ numbers: [Float]) -> String { "[" + numbers.map(\.description).joined(separator: ",") + "]" }
        let members = "\"minimums\":\(list(found.minimums)),\"maximums\":\(list(found.maximums))"
        try AtomicFile.write("{\(members),\"normalized\":\(isNormalized)}\n", to: URL(filePath: path))
        if ranges != nil, !isQuiet {
            Console.warn("\(path) did not exist; it now holds the ranges of these texts, for queries with --ranges")
        }
    }
}
