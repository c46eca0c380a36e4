// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files that an output consists of while it grows.
final class OutputFiles {
    /// Where the result goes.
    let destination: Destination
    /// The file for the rows' fields, if the result cannot contain them.
    let idsPath: String?
    /// Whether an interrupted job is continued, and this one can be later.
    let isResumable: Bool
    private var record: ResumeRecord?
    private var parts: [ExactString: PartialFile] = [:]
    private let run = String(UInt64.random(in: .min ... .max), radix: 36)

    /// - Parameters:
    ///   - target: What `--output` says.
    ///   - hasFields: Whether the output includes fields of the rows.
    ///   - isResumable: Whether an interrupted job is continued, and this one can be later.
    /// - Throws: A `Failure` if the target cannot be written.
    init(_ target: OutputTarget, hasFields: Bool = false, isResumable: Bool = false) throws {
        // Checked before anything is opened, since opening a pipe waits for its reader.
        guard !isResumable || !Destination.isStream(target.url) else {
            throw Failure("--resume needs an --output that is a file, which a broken job leaves behind")
        }
        if hasFields, !target.isLines, let url = target.url {
            let ids = url.deletingPathExtension().appendingPathExtension("ids.jsonl")
            guard !Destination.isStream(ids), case .file(let path) = try Destination(ids) else {
                throw Failure("cannot write \(ids.path), which holds the fields of rows: it is no file")
            }
            idsPath = path
        } else {
            idsPath = nil
        }
        destination = try Destination(target.url)
        self.isResumable = isResumable
        // If the system refuses the file, this fails now.
        if case .file = destination, !isResumable { _ = try part("rows") }
    }

    /// Continues an earlier run of the same job that was interrupted, if there was one.
    ///
    /// - Parameter conditions: What must be the same in both runs, by the names that messages use.
    /// - Throws: A `Failure` if that run was of another job.
    func resume(under conditions: @autoclosure () throws -> [ExactString: String]) throws {
        guard isResumable, case .file(let path) = destination else { return }
        record = try ResumeRecord(for: path, conditions: conditions())
    }

    /// The number of rows that an earlier run has finished.
    var finishedRows: Int { record?.rows ?? 0 }

    /// The hash of the input that these rows came from.
    var finishedHash: UInt64? { record?.inputHash }

    /// The file that records the job's progress.
    var recordPath: String? { record?.url.path }

    /// A part by name, including what an earlier run has written of it.
    func part(_ key: ExactString) throws -> PartialFile {
        if let part = parts[key] { return part }
        let part: PartialFile
        switch destination {
        case .stream(_, let name):
            let folder = FileManager.default.temporaryDirectory.path
            part = try PartialFile(
                "\(folder)/.sentence-transformers.\(run).\(key)", name: name, keeping: nil, isNamed: false,
                staysBehind: false)
        case .file(let path):
            part = try PartialFile(
                Self.path(for: path, !isResumable ? "\(run).\(key).tmp" : "\(key).partial"), name: path,
                keeping: record?.lengths[key], isNamed: true, staysBehind: isResumable)
        }
        parts[key] = part
        return part
    }

    /// Records that all rows so far are in the parts, so that a later run can continue here.
    func commit(rows: Int, inputHash: UInt64) throws {
        guard let record else { return }
        for part in parts.values { try part.synchronize() }
        try record.commit(rows: rows, inputHash: inputHash, lengths: parts.mapValues(\.length))
    }

    /// Turns a part into the result.
    func deliver(_ key: ExactString) throws {
        let part = try part(key)
        switch destination {
        case .stream(let descriptor, let name):
            try part.read { try System.write($0, to: descriptor, name) }
        case .file(let path):
            try part.publish(as: path)
            parts[key] = nil
        }
    }

    /// Turns a part into the file of the rows' fields.
    func deliverIDs(_ key: ExactString) throws {
        guard let idsPath else { return }
        let part = try part(key)
        guard case .file = destination else {
            let file = try PartialFile(
                Self.path(for: idsPath, "\(run).tmp"), name: idsPath, keeping: nil, isNamed: true, staysBehind: false)
            try file.append(part)
            return try file.publish(as: idsPath)
        }
        try part.publish(as: idsPath)
        parts[key] = nil
    }

    /// Removes everything that is not a result.
    func close() {
        for part in parts.values { part.remove() }
        parts = [:]
        record?.remove()
    }

    /// Removes everything that has not become a result, unless `--resume` can continue from it.
    func abandon() {
        if !isResumable { close() }
    }

    /// A hidden path next to the target; a long name is cut, so that the system accepts it.
    static func path(for target: String, _ ending: String) -> String {
        let url = URL(filePath: target)
        var name = url.lastPathComponent
        while name.utf8.count > 120 { name.removeLast() }
        return url.deletingLastPathComponent().path + "/.\(name).\(ending)"
    }
}
