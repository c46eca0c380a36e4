// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTransformers
import Testing

@Suite("Errors")
struct ErrorTests {
    @Test("Foundation's description of an error is its message")
    func localizedDescriptions() throws {
        func check(_ body: () throws -> some Any) throws {
            let error = try #require(throws: (any Error).self) { _ = try body() }
            #expect(error.localizedDescription == "\(error)" && error is any LocalizedError)
        }
        try check { try Matrix(rows: [[1], [2, 3]]) }
        try check { try SentenceTransformer(directory: URL(filePath: "/no/such/folder")) }
        try check { throw TokenizerError(.malformedFile, "a message", file: "tokenizer.json") as any Error }
        try check { throw EncoderError.textTooLong(tokens: 3, maximum: 2) as any Error }
    }
}
