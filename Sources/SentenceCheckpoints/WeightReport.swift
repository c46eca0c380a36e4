// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
package import SentenceTensors

/// Collects every problem with the weights of a checkpoint and throws them as one error.
///
/// So whoever repairs a checkpoint sees all names at once.
package struct WeightReport: Sendable {
    /// How many entries of a kind the message lists before "and N more".
    private static let listedCount = 8

    private let file: String
    private var missing: [String] = []
    private var unreadable: [String] = []
    private var unexpected: [String] = []
    private var wrongShapes: [String] = []
    private var wrongElementTypes: [String] = []

    /// A report on a checkpoint, which messages call `file`.
    package init(file: String) {
        self.file = file
    }

    /// Whether no problem has been reported.
    package var isEmpty: Bool {
        missing.isEmpty && unreadable.isEmpty && unexpected.isEmpty && wrongShapes.isEmpty && wrongElementTypes.isEmpty
    }

    /// Reports a tensor that the model needs and the checkpoint lacks.
    package mutating func addMissing(_ name: String) {
        missing.append(name)
    }

    /// Reports a tensor, known by several names, that the checkpoint lacks or cannot read.
    package mutating func addMissing(_ names: [String], in checkpoint: Checkpoint) {
        if let (name, reason) = names.lazy.compactMap({ name in checkpoint.unreadable[name].map { (name, $0) } }).first
        {
            unreadable.append("\(name) is \(reason)")
        } else {
            missing.append(names[0])
        }
    }

    /// Reports a tensor of the checkpoint that the model does not use.
    package mutating func addUnexpected(_ name: String) {
        unexpected.append(name)
    }

    /// Reports a tensor of the wrong shape.
    package mutating func addWrongShape(_ name: String, found: [Int], expected: [Int]) {
        wrongShapes.append("\(name) is \(found), expected \(expected)")
    }

    /// Reports a tensor of the wrong element type.
    package mutating func addWrongElementType(_ name: String, found: ElementType, expected: ElementType) {
        wrongElementTypes.append("\(name) is \(found), expected \(expected)")
    }

    /// Turns unused tensors from problems into warnings, since the reference ignores them.
    package mutating func warnOfUnexpected() {
        guard let message = Self.describe(unexpected, as: "with no place in the model, and ignored") else { return }
        Warnings.add("\(file): tensors: \(message)")
        unexpected = []
    }

    /// The message, or `nil` if nothing is wrong.
    package var message: String? {
        let parts = [
            Self.describe(missing, as: "missing"),
            Self.describe(unreadable, as: "of a kind that this version does not read"),
            Self.describe(unexpected, as: "unexpected"),
            Self.describe(wrongShapes, as: "of wrong shape"),
            Self.describe(wrongElementTypes, as: "of wrong element type"),
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Throws if anything was reported.
    ///
    /// - Throws: ``CheckpointError`` with code `mismatch` that lists everything reported.
    package func throwIfNotEmpty() throws {
        if let message { throw CheckpointError(.mismatch, file: file, message) }
    }

    private static func describe(_ entries: [String], as kind: String) -> String? {
        guard !entries.isEmpty else { return nil }
        let listed = entries.prefix(listedCount).joined(separator: ", ")
        let rest = entries.count - listedCount
        return "\(entries.count) \(kind): \(listed)" + (rest > 0 ? " and \(rest) more" : "")
    }
}
