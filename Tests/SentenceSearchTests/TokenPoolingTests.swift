// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Token pooling")
struct TokenPoolingTests {
    /// The rows of vectors of two dimensions, pooled.
    private func pooled(
        _ rows: [[Float]], by factor: Double, behind protectedTokens: Int = 0, normalized: Bool = false
    ) throws -> [[Float]] {
        let pooling = try TokenPooling(
            factor: factor, protectedTokens: protectedTokens, normalizesEmbeddings: normalized)
        return Matrix(pooling(Tensor(rows.flatMap(\.self), shape: [rows.count, 2]))).map { Array($0) }
    }

    @Test("Vectors that are much alike become their mean, and the first ones stay")
    func means() throws {
        let rows: [[Float]] = [[1, 0], [0, 1], [1, 0], [0, 1]]
        #expect(try pooled(rows, by: 2) == [[1, 0], [0, 1]])
        #expect(try pooled([[0, 3]] + rows, by: 2, behind: 1) == [[0, 3], [1, 0], [0, 1]])
        #expect(try pooled(rows, by: 100) == [[0.5, 0.5]])
        let length = Float(0.5).squareRoot()
        for number in try pooled(rows, by: 4, normalized: true)[0] { #expect(abs(number - length) < 1e-6) }
    }

    @Test("What has nothing to join stays as it is")
    func nothing() throws {
        let rows: [[Float]] = [[1, 0], [0, 1], [1, 0]]
        #expect(try pooled(rows, by: 1) == rows)
        #expect(try pooled(rows, by: 3, behind: 2) == rows)
        #expect(try pooled(rows, by: 3, behind: 9) == rows)
        #expect(try pooled([], by: 2).isEmpty)
    }

    @Test("Numbers out of range are refused")
    func ranges() {
        for (factor, protectedTokens) in [(0.5, 1), (.nan, 1), (.infinity, 1), (2, -1)] {
            #expect(
                errorText { try pooled([], by: factor, behind: protectedTokens) }
                    == "token pooling by \(factor) behind \(protectedTokens) tokens; expected a factor of 1 or more and "
                    + "no negative number of tokens")
        }
    }
}
