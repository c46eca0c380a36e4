// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTestSupport
import Testing

@Suite("Similarity and matrices")
struct SimilarityTests {
    private let a: Matrix
    private let b: Matrix

    init() throws {
        a = try Matrix(rows: [[1, 2, 2], [0, 3, 4]])
        b = try Matrix(rows: [[2, 0, 0], [-1, -2, -2], [0, 0, 0]])
    }

    @Test(
        "All pairs and pairs of rows",
        arguments: [
            (.cosine, [[1.0 / 3, -1, 0], [0, -14.0 / 15, 0]]), (.dot, [[2, -9, 0], [0, -14, 0]]),
            (.euclidean, [[-3, -6, -3], [-29.0.squareRoot(), -62.0.squareRoot(), -5]]),
            (.manhattan, [[-5, -10, -5], [-9, -12, -7]]),
        ] as [(SimilarityFunction, [[Double]])])
    func functions(function: SimilarityFunction, expected: [[Double]]) throws {
        let found = try function(a, b)
        #expect(found.shape == [2, 3])
        for row in 0..<2 {
            for column in 0..<3 { #expect(abs(Double(found[row, column]) - expected[row][column]) < 1e-6) }
        }
        let pairwise = try function.pairwise(a, b[rows: ..<2])
        #expect(abs(Double(pairwise[0]) - expected[0][0]) < 1e-6 && abs(Double(pairwise[1]) - expected[1][1]) < 1e-6)
        for row in 0..<2 {
            let one = try function(a[row], b)
            for column in 0..<3 { #expect(abs(Double(one[column]) - expected[row][column]) < 1e-6) }
        }
    }

    @Test("Without rows the result has none")
    func empty() throws {
        let none = try Matrix(rows: []), nothing = try Matrix([], rows: 0, columns: 3)
        for function in SimilarityFunction.allCases {
            for empty in [none, nothing] {
                #expect(try function(a, empty).shape == [2, 0])
                #expect(try function(empty, a).shape == [0, 2])
                #expect(try function([1, 2, 3], empty).isEmpty)
                #expect(try function.pairwise(empty, nothing).isEmpty)
                #expect(try function(SparseMatrix(empty), SparseMatrix(a)).shape == [0, 2])
                #expect(try function(SparseMatrix(a), SparseMatrix(empty)).shape == [2, 0])
                #expect(try function.pairwise(SparseMatrix(nothing), SparseMatrix(empty)).isEmpty)
            }
            let flat = try Matrix(rows: [[], []])
            #expect(try function(flat, flat).elements.allSatisfy { $0 == 0 })
            #expect(try function.pairwise(flat, flat) == [0, 0])
            #expect(try function([Float](), flat) == [0, 0])
        }
    }

    @Test("Embeddings that have no similarity are refused, with what was found")
    func mismatches() throws {
        let wide = try Matrix(rows: [[1, 2, 3, 4]])
        let dimensions =
            "embeddings of 3 and of 4 dimensions (shapes [2, 3] and [1, 4]) have no similarity; they must come from one "
            + "model and be truncated alike"
        let count = "2 and 3 embeddings (shapes [2, 3] and [3, 3]) do not make pairs; expected as many of both"
        for function in SimilarityFunction.allCases {
            #expect(errorText { try function(a, wide) } == dimensions)
            #expect(errorText { try function(SparseMatrix(a), SparseMatrix(wide)) } == dimensions)
            #expect(errorText { try function([1, 2, 3], wide) }.hasPrefix("embeddings of 3 and of 4 dimensions"))
            #expect(errorText { try function.pairwise(a, b) } == count)
            #expect(errorText { try function.pairwise(SparseMatrix(a), SparseMatrix(b)) } == count)
            #expect(throws: SearchError.self) { try function.pairwise(a[rows: ..<1], wide) }
            #expect(throws: SearchError.self) { try function(a, Matrix([], rows: 0, columns: 4)) }
        }
        for function in MultiVectorSimilarity.allCases {
            #expect(
                errorText { try function([a], [a, wide]) }
                    == "embeddings of 3 and of 4 dimensions have no similarity; they must come from one model")
            #expect(errorText { try function.pairwise([a], []) } == "1 queries do not pair with 0 documents")
            #expect(errorText { try function([a], [a], threads: 0) } == "threads is 0; expected a positive number")
            #expect(try function([a, Matrix(rows: [])], [a, Matrix(rows: [])]).shape == [2, 2])
            #expect(try function([Matrix(rows: [[], []])], [Matrix(rows: [[]])]).elements == [0])
        }
        #expect(throws: SearchError.self) { try SparseVector([1]).intersection(SparseVector([1, 2])) }
    }

    @Test("Sparse parts that contradict each other are refused")
    func sparseParts() throws {
        func refuses(_ part: String, _ body: () throws -> some Any) { #expect(errorText(body).contains(part)) }
        refuses("1 indices for 2 values") { try SparseVector(dimension: 3, indices: [1], values: [1, 2]) }
        for indices in [[1, 1], [2, 1], [-1, 0], [0, 3]] {
            refuses("ascend from 0 to below 3") { try SparseVector(dimension: 3, indices: indices, values: [1, 2]) }
        }
        refuses("a sparse row has -1 elements") { try SparseVector(dimension: -1, indices: [], values: []) }
        refuses("a sparse row has 2147483648") { try SparseVector(dimension: 1 << 31, indices: [], values: []) }
        refuses("row 1 has 2 elements; expected 1") {
            try SparseMatrix(rows: [SparseVector([1]), SparseVector([1, 2])], columns: 1)
        }
        for offsets in [[], [0], [1, 2], [0, 3], [0, 2, 1, 2]] {
            refuses("offsets of rows") {
                try SparseMatrix(rowOffsets: offsets, indices: [0, 1], values: [1, 2], columns: 2)
            }
        }
        let matrix = try SparseMatrix(rowOffsets: [0, 1, 1, 3], indices: [2, 0, 1], values: [5, 6, 7], columns: 3)
        #expect(matrix.dense == (try Matrix(rows: [[0, 0, 5], [0, 0, 0], [6, 7, 0]])))
        #expect((0..<3).map { matrix[$0].activeCount } == [1, 0, 2] && matrix == SparseMatrix(matrix.dense))
    }

    @Test("The best of many: largest first, equal ones in their order, NaN last")
    func topK() throws {
        let numbers: [Float] = [1, .nan, 3, 3, -.infinity, 2, 3, .nan]
        #expect(numbers.topK(3).map(\.index) == [2, 3, 6])
        #expect(numbers.topK(100).map(\.index) == [2, 3, 6, 5, 0, 4, 1, 7])
        for count in 0...8 {
            #expect(numbers.topK(count).map(\.index) == Array([2, 3, 6, 5, 0, 4, 1, 7].prefix(count)))
        }
        #expect(numbers.topK(0).isEmpty && numbers.topK(-1).isEmpty && [Float]().topK(2).isEmpty)
        #expect(numbers.dropFirst(4).topK(1) == [ScoredIndex(index: 2, score: 3)], "places count from the beginning")
        #expect(a[1].topK(2) == [ScoredIndex(index: 2, score: 4), ScoredIndex(index: 1, score: 3)])
    }

    @Test("One vector is compared as a matrix of one row is")
    func oneVector() throws {
        var random = SeededGenerator(seed: 3)
        let elements = (0..<500 * 67).map { _ in Float.random(in: -1...1, using: &random) }
        let corpus = try Matrix(elements, rows: 500, columns: 67)
        for function in SimilarityFunction.allCases {
            let one = try function(corpus[7], corpus), all = try function(corpus[rows: 7...7], corpus)
            for (a, b) in zip(one, all.elements) { #expect(abs(a - b) <= 1e-5 * max(1, abs(b)), "\(function)") }
            #expect(one.topK(1).first?.index == 7)
        }
    }

    @Test("Quantization follows the reference's example")
    func quantization() throws {
        let calibration = try Matrix(rows: [[1, 20, -3], [4, 5, -60]])
        let ranges = QuantizationRanges(calibrating: calibration)
        let x = try Matrix(rows: [[-1, 15, 1]])
        #expect(try quantizeEmbeddings(x, precision: .int8, ranges: ranges)[0] == [-128, 42, 127])
        #expect(try quantizeEmbeddings(x, precision: .uint8, ranges: ranges)[0] == [0, 170, 255])
        #expect(try quantizeEmbeddings(x, precision: .ubinary)[0] == [0b0110_0000])
        #expect(try quantizeEmbeddings(x, precision: .binary)[0] == [0b0110_0000 - 128])
        #expect(throws: SearchError.self) { try quantizeEmbeddings(x, precision: .int8) }
        #expect(throws: SearchError.self) { try quantizeEmbeddings(x, precision: .float32) }
        let nine = try Matrix([Float](repeating: 1, count: 18), rows: 2, columns: 9)
        #expect(try quantizeEmbeddings(nine, precision: .ubinary).bytes == [255, 128, 255, 128])
        #expect(try quantizeEmbeddings(nine, precision: .uint8).bytes.allSatisfy { $0 == 0 })
        #expect(try quantizeEmbeddings(Matrix([], rows: 0, columns: 9), precision: .int8).bytes.isEmpty)
    }
}
