// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The progress of a job that another run may continue: a small file next to the output.
final class ResumeRecord {
    /// What must be the same in both runs, by the names that messages use.
    let conditions: [ExactString: String]
    /// The number of finished rows.
    private(set) var rows = 0
    /// The hash of these rows' texts and fields.
    private(set) var inputHash = InputHash().value
    /// The length in bytes of each part with only these rows.
    private(set) var lengths: [ExactString: Int] = [:]

    /// The file.
    let url: URL

    /// Reads the record of an earlier run, if there was one.
    ///
    /// - Throws: A `Failure` if that run had other conditions.
    init(for output: String, conditions: [ExactString: String]) throws {
        url = URL(filePath: OutputFiles.path(for: output, "resume.json"))
        self.conditions = conditions
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        let remedy = "remove \(url.path) to start over"
        guard let text = try? String(contentsOf: url, encoding: .utf8),
            let members = try? JSONValue(parsing: text).asObject, let stored = members["conditions"]?.asObject,
            let rows = members["rows"]?.asInt, let lengths = members["lengths"]?.asObject,
            let hash = members["input"]?.asString.flatMap({ UInt64($0, radix: 16) })
        else { throw Failure("cannot resume \(output): \(url.path) is damaged; \(remedy)") }
        for (key, value) in conditions.sorted(by: { $0.key < $1.key }) {
            let old = stored[key]?.asString ?? ""
            guard old.isExactly(value) else {
                throw Failure(
                    "cannot resume \(output): \(key) was \(old.isEmpty ? "not given" : old) and is now "
                        + "\(value.isEmpty ? "not given" : value); run it as before, or \(remedy)")
            }
        }
        self.rows = rows
        self.lengths = lengths.compactMapValues(\.asInt)
        inputHash = hash
        for (part, length) in self.lengths {
            let path = OutputFiles.path(for: output, "\(part).partial")
            guard let size = System.fileSize(path), size >= length else {
                throw Failure("cannot resume \(output): \(path) is not what the broken job left; \(remedy)")
            }
        }
    }

    /// Records how far the job is.
    func commit(rows: Int, inputHash: UInt64, lengths: [ExactString: Int]) throws {
        self.rows = rows
        self.inputHash = inputHash
        self.lengths = lengths
        let record: JSONValue = [
            "conditions": .object(conditions.mapValues(JSONValue.string)), "rows": .int(rows),
            "input": .string(String(inputHash, radix: 16)), "lengths": .object(lengths.mapValues(JSONValue.int)),
        ]
        // Not with AtomicFile, whose temporary file would remain after a signal.
        TemporaryFiles.remove(url.path + ".tmp")
        let file = try PartialFile(
            url.path + ".tmp", name: url.path, keeping: nil, isNamed: true, staysBehind: false)
        try file.write(Array((record.serialized() + "\n").utf8))
        try file.publish(as: url.path)
    }

    func remove() { try? FileManager.default.removeItem(at: url) }
}
