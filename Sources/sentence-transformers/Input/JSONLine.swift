// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTransformers

/// One line of a JSON-lines file as a text or a pair.
enum JSONLine {
    private static let expected = "expected a string, an array of two strings, or an object with \"text\""

    /// Reads the line.
    ///
    /// - Parameters:
    ///   - line: The bytes of the line.
    ///   - place: What messages call the line.
    /// - Returns: The text or pair.
    /// - Throws: A `Failure`, or what the JSON parser throws, each of which begins with the place.
    static func parse(_ line: ArraySlice<UInt8>, _ place: String) throws -> TokenizerInput {
        switch try line.withUnsafeBytes({ try JSONValue(parsing: $0, file: place) }) {
        case .string(let text):
            return TokenizerInput(text)
        case .array(let elements):
            let texts = elements.compactMap(\.asString)
            guard elements.count == 2, texts.count == 2 else {
                throw Failure("\(place): found an array of \(elements.count) elements; \(expected)")
            }
            return TokenizerInput(texts[0], pair: texts[1])
        case .object(let members):
            if let text = members["text"]?.asString { return TokenizerInput(text) }
            if members["image"] != nil {
                throw Failure("\(place): found an image, but the model takes texts only")
            }
            throw Failure("\(place): found an object without a string \"text\"; \(expected)")
        case .null, .bool, .int, .double:
            throw Failure("\(place): found neither text nor pair; \(expected)")
        }
    }
}
