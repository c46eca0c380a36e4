// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers
import Testing

@Suite("Similarity and matrices")
struct SimilarityTests {
    private let a = Matrix(rows: [[1, 2, 2], [0, 3, 4]])
    private let b = Matrix(rows: [[2, 0, 0], [-1, -2, -2], [0, 0, 0]])

    @Test(
        "All pairs and pairs of rows",
        arguments: [
            (.cosine, [[1.0 / 3, -1, 0], [0, -14.0 / 15, 0]]), (.dot, [[2, -9, 0], [0, -14, 0]]),
            (.euclidean, [[-3, -6, -3], [-29.0.squareRoot(), -62.0.squareRoot(), -5]]),
            (.manhattan, [[-5, -10, -5], [-9, -12, -7]]),
        ] as [(SimilarityFunction, [[Double]])])
    func functions(function: SimilarityFunction, expected: [[Double]]) {
        let found = function(a, b)
        #expect(found.shape == [2, 3])
        for row in 0..<2 {
            for column in 0..<3 { #expect(abs(Double(found[row, column]) - expected[row][column]) < 1e-6) }
        }
        let pairwise = function.pairwise(a, Matrix(rows: [b[0], b[1]]))
        #expect(abs(Double(pairwise[0]) - expected[0][0]) < 1e-6 && abs(Double(pairwise[1]) - expected[1][1]) < 1e-6)
    }

    @Test("Without rows the result has none")
    func empty() {
        for function in SimilarityFunction.allCases {
            #expect(function(a, Matrix([], rows: 0, columns: 3)).shape == [2, 0])
            #expect(function.pairwise(Matrix([], rows: 0, columns: 3), Matrix([], rows: 0, columns: 3)).isEmpty)
        }
    }

    @Test("A matrix prints four digits, and the middle of a large one is left out")
    func description() {
        #expect("\(Matrix(rows: [[1, -0.66604], [0.00001, -0.00001]]))" == "[[1.0000, -0.6660],\n [0.0000, 0.0000]]")
        #expect("\(Matrix(rows: [[.nan, -.infinity, 1e20]]))" == "[[nan, -inf, 1e+20]]")
        let wide = Matrix([Float](repeating: 0.5, count: 40), rows: 1, columns: 40)
        #expect("\(wide)" == "[[0.5000, 0.5000, 0.5000, ..., 0.5000, 0.5000, 0.5000]]")
        #expect("\(Matrix([], rows: 0, columns: 4))" == "[]")
    }

    @Test("Quantization follows the reference's example")
    func quantization() throws {
        let calibration = Matrix(rows: [[1, 20, -3], [4, 5, -60]])
        let ranges = QuantizationRanges(calibrating: calibration)
        let x = Matrix(rows: [[-1, 15, 1]])
        #expect(try x.quantized(to: .int8, ranges: ranges)[0] == [-128, 42, 127])
        #expect(try x.quantized(to: .uint8, ranges: ranges)[0] == [0, 170, 255])
        #expect(try x.quantized(to: .ubinary)[0] == [0b0110_0000])
        #expect(try x.quantized(to: .binary)[0] == [0b0110_0000 - 128])
        #expect(throws: SentenceTransformersError.self) { try x.quantized(to: .int8) }
        #expect(throws: SentenceTransformersError.self) { try x.quantized(to: .float32) }
        let nine = Matrix([Float](repeating: 1, count: 18), rows: 2, columns: 9)
        #expect(try nine.quantized(to: .ubinary).bytes == [255, 128, 255, 128])
        #expect(try nine.quantized(to: .uint8).bytes.allSatisfy { $0 == 0 })
        #expect(try Matrix([], rows: 0, columns: 9).quantized(to: .int8).bytes.isEmpty)
    }
}
