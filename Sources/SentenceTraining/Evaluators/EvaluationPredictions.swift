// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What an evaluator found for each query, for a file of JSON lines: the reference's `write_predictions`.
///
/// Of a search they are objects of `query_id`, `query` and `results`, a list of objects of `corpus_id` and `score`, best
/// first; of a fusion of `query_id`, `query`, `positive` and `documents`. The reference's `ReciprocalRankFusionEvaluator`
/// and rerankers read such files.
public struct EvaluationPredictions: Sendable, Equatable {
    /// The name of the file, such as `Information-Retrieval_evaluation_predictions_cosine.jsonl`.
    public let file: String
    /// A JSON object for each query.
    public let lines: [String]

    /// The lines of a file.
    public init(file: String, lines: [String]) {
        self.file = file
        self.lines = lines
    }

    /// Writes the file, in the place of an earlier one.
    func write(to folder: URL) throws {
        try AtomicFile.write(lines.map { $0 + "\n" }.joined(), to: folder.appending(path: file))
    }
}

/// An object whose members keep their order, spelled as Python's `json.dumps` spells it.
struct PythonObject {
    private(set) var text = "{"

    mutating func add(_ key: String, _ value: String) {
        if text.utf8.count > 1 { text += ", " }
        text.appendJSONString(key, asciiOnly: true)
        text += ": " + value
    }

    /// The whole object.
    var closed: String { text + "}" }

    static func string(_ value: String) -> String {
        var text = ""
        text.appendJSONString(value, asciiOnly: true)
        return text
    }

    static func list(_ values: some Sequence<String>) -> String { "[" + values.joined(separator: ", ") + "]" }
}
