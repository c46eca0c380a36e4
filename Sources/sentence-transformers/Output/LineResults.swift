// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// Writes results window by window, and completes the output at the end.
protocol ResultWriter: AnyObject {
    /// Writes the results of rows, and their fields, if asked for, as the members of a JSON object.
    func write(_ result: WindowResult, fields: [[UInt8]?]) throws

    /// Completes the output, which is not visible before unless it is a stream.
    func finish() throws
}

/// Writes one line of JSON for each row.
final class LineResults: ResultWriter {
    private let files: OutputFiles

    init(_ files: OutputFiles) {
        self.files = files
    }

    func write(_ result: WindowResult, fields: [[UInt8]?]) throws {
        var writer: LineWriter
        switch files.destination {
        case .stream(let descriptor, let name): writer = LineWriter { try System.write($0, to: descriptor, name) }
        case .file:
            let part = try files.part("rows")
            writer = LineWriter { try part.write($0) }
        }
        for row in 0..<result.count {
            if let members = fields[row] {
                writer.append("{")
                writer.append(members)
                writer.append(result.isObject ? "," : ",\"\(result.key)\":")
                try writer.append(result, row)
                writer.append("}")
            } else {
                writer.append(result.isObject ? "{" : "")
                try writer.append(result, row)
                writer.append(result.isObject ? "}" : "")
            }
            try writer.endLine()
        }
        // So that the reader of a stream gets the window now.
        try writer.flush()
    }

    func finish() throws {
        if case .file = files.destination { try files.deliver("rows") }
    }
}

extension WindowResult {
    /// Whether the result of a row is an object, which the row's fields are added to.
    fileprivate var isObject: Bool {
        switch self {
        case .sparse, .ids, .classes: true
        case .embeddings, .quantized, .words, .tokens, .scores: false
        }
    }

    /// The key of a row's result, next to its fields.
    fileprivate var key: String {
        switch self {
        case .scores: "score"
        case .words: "words"
        case .embeddings, .quantized, .tokens, .sparse, .ids, .classes: "embedding"
        }
    }
}

extension LineWriter {
    /// Appends one row; if it is an object, only its members.
    fileprivate mutating func append(_ result: WindowResult, _ row: Int) throws {
        switch result {
        case .embeddings(let matrix): append(matrix[row])
        case .scores(let matrix):
            if matrix.columns == 1 { append(number: matrix[row, 0]) } else { append(matrix[row]) }
        case .quantized(let result): append(result[row])
        case .sparse(let matrix):
            let vector = matrix[row]
            append("\"indices\":")
            append(vector.indices)
            append(",\"values\":")
            append(vector.values)
        case .words(let texts):
            append(list: texts[row]) { writer, word in
                writer.append("[")
                writer.append(string: word.token)
                writer.append(",")
                writer.append(number: word.weight)
                writer.append("]")
            }
        case .tokens(let matrices): append(matrices[row])
        case .classes(let found):
            append("\"label\":")
            append(string: found[row].label)
            append(",\"score\":")
            append(number: found[row].score)
        case .ids(let tokens):
            let range = tokens.tokenRange(at: row)
            append("\"ids\":")
            append(tokens.ids[range])
            append(",\"type_ids\":")
            append(tokens.typeIDs[range])
        }
    }
}
