// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTestSupport
import Testing

@Suite("Functions of embeddings")
struct EmbeddingFunctionTests {
    @Test("Truncation keeps the leading dimensions")
    func truncation() throws {
        let embeddings = try Matrix([1, 2, 3, 4, 5, 6], rows: 2, columns: 3)
        #expect(try truncateEmbeddings(embeddings, to: 2) == Matrix([1, 2, 4, 5], rows: 2, columns: 2))
        #expect(try truncateEmbeddings(embeddings, to: 3) == embeddings)
        #expect(try truncateEmbeddings(embeddings, to: 9) == embeddings)
        #expect(try truncateEmbeddings(embeddings, to: nil) == embeddings)
        #expect(
            errorText { try truncateEmbeddings(embeddings, to: 0) } == "dimension is 0; expected a positive number")
    }

    @Test("Normalisation brings rows to unit length, and leaves zeros")
    func normalization() throws {
        let embeddings = try Matrix([3, 4, 0, 0, -2, 0], rows: 3, columns: 2)
        #expect(normalizeEmbeddings(embeddings).elements == [0.6, 0.8, 0, 0, -1, 0])
        #expect(normalizeEmbeddings(try Matrix([], rows: 0, columns: 2)).rows == 0)
    }
}
