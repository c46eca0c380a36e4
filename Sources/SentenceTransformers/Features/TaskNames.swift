// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

/// The tasks that a module of a multi-vector model acts on; texts without a task count as documents.
struct TaskNames: Sendable {
    /// The names in the configuration, which may include tasks that this library does not have.
    private let names: [String]

    static let documents = TaskNames([.document])

    init(_ tasks: [EncodingTask]) {
        names = tasks.map(\.rawValue)
    }

    /// Reads a name or a list of names; a missing one means documents.
    init(_ config: ModelConfig, _ key: String) throws {
        if let name = config.values[key]?.asString {
            names = [name]
        } else {
            names = try config.optionalStrings(key) ?? Self.documents.names
        }
    }

    func contain(_ task: EncodingTask?) -> Bool { names.contains((task ?? .document).rawValue) }

    var json: JSONValue { .array(names.map(JSONValue.string)) }
    var description: String { names.joined(separator: ", ") }
}
