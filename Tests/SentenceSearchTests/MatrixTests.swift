// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceSearch
import SentenceTestSupport
import Testing

@Suite("Matrices")
struct MatrixTests {
    private let matrix: Matrix

    init() throws { matrix = try Matrix(rows: [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]) }

    @Test("A matrix is a collection of rows, a row one of numbers")
    func collection() {
        #expect(matrix.count == 4 && matrix.indices == 0..<4)
        #expect(matrix.map { Array($0) } == [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]])
        #expect(Array(matrix[2]) == [7, 8, 9] && matrix[2][1] == 8 && matrix[2, 1] == 8)
        #expect(matrix.first.map { Array($0) } == [1, 2, 3] && matrix.last?.max() == 12)
        #expect(matrix[0].description == "[1.0000, 2.0000, 3.0000]")
        #expect(Array(matrix[1].reversed()) == [6, 5, 4] && matrix[3].dropFirst().first == 11)
        #expect(matrix[1] == matrix[rows: 1...1][0] && matrix[1] != matrix[2])
        #expect(Set(Array(matrix) + Array(matrix)).count == 4)
        #expect(matrix.withUnsafeBufferPointer { $0.count } == 12)
        #expect(matrix[1].withUnsafeBufferPointer { Array($0) } == [4, 5, 6])
    }

    @Test("A slice keeps its indices, a matrix of some rows counts them from 0, and neither copies")
    func slices() throws {
        let slice = matrix[1..<3]
        #expect(slice.startIndex == 1 && Array(slice[2]) == [7, 8, 9])
        let part = matrix[rows: 1..<3]
        #expect(part.shape == [2, 3] && Array(part[0]) == [4, 5, 6] && part.elements == [4, 5, 6, 7, 8, 9])
        #expect(Matrix(slice) == part && Matrix(matrix.dropFirst(1).prefix(2)) == part)
        #expect(try Matrix(rows: slice) == part)
        #expect(matrix[rows: 3...].elements == [10, 11, 12] && matrix[rows: ..<1].elements == [1, 2, 3])
        #expect(part[rows: 1...].elements == [7, 8, 9] && matrix[rows: 2..<2].shape == [0, 3])
        let address = matrix.withUnsafeBufferPointer { $0.baseAddress }
        #expect(part.withUnsafeBufferPointer { $0.baseAddress } == address.map { $0 + 3 })
        #expect(matrix[1].withUnsafeBufferPointer { $0.baseAddress } == address.map { $0 + 3 })
    }

    @Test("Parts that do not make a matrix are refused, with what was found")
    func shapes() throws {
        #expect(
            errorText { try Matrix(rows: [[1, 2], [3], [4, 5]]) }
                == "rows of a matrix are of one length; row 0 has 2 elements, row 1 has 1")
        #expect(
            errorText { try Matrix([1, 2, 3], rows: 2, columns: 2) }
                == "3 elements do not fill a matrix of 2 rows and 2 columns")
        for (rows, columns) in [(-1, -3), (-3, -1), (Int.max, 3), (3, Int.max), (0, -1), (1 << 33, 1 << 33)] {
            let error = #expect(throws: SearchError.self) { try Matrix([1, 2, 3], rows: rows, columns: columns) }
            #expect(error?.code == .invalidArgument)
        }
        #expect(try Matrix(rows: []).shape == [0, 0])
        #expect(try Matrix(rows: [[], []]).shape == [2, 0])
        #expect(try Matrix([], rows: 0, columns: 4).shape == [0, 4])
        #expect(try Matrix(rows: [[], []])[1].isEmpty)
        #expect(try Matrix(rows: [[], []]).description == "[[],\n []]")
    }

    @Test("A matrix prints four digits, and the middle of a large one is left out")
    func description() throws {
        #expect(
            try "\(Matrix(rows: [[1, -0.66604], [0.00001, -0.00001]]))" == "[[1.0000, -0.6660],\n [0.0000, 0.0000]]")
        #expect(try "\(Matrix(rows: [[-.nan, -.infinity, 1e20]]))" == "[[nan, -inf, 1e+20]]")
        let wide = try Matrix([Float](repeating: 0.5, count: 40), rows: 1, columns: 40)
        #expect("\(wide)" == "[[0.5000, 0.5000, 0.5000, ..., 0.5000, 0.5000, 0.5000]]")
        #expect(try "\(Matrix([], rows: 0, columns: 4))" == "[]")
    }

    @Test("Results are coded and decoded, and what contradicts itself is refused")
    func coding() throws {
        func again<Value: Codable & Hashable>(_ value: Value) throws {
            let data = try JSONEncoder().encode(value)
            let decoded = try JSONDecoder().decode(Value.self, from: data)
            #expect(decoded == value && decoded.hashValue == value.hashValue)
        }
        try again(matrix)
        try again(matrix[rows: 1..<3])
        try again(Matrix([], rows: 0, columns: 3))
        try again(SparseVector([0, 1, 0, 2]))
        try again(SparseMatrix(matrix))
        try again(quantizeEmbeddings(matrix, precision: .int8))
        try again(quantizeEmbeddings(matrix, precision: .ubinary))
        try again([ScoredIndex(index: 1, score: 0.5)])
        try again([SimilarityFunction.cosine: EmbeddingPrecision.int8])
        func refuses<Value: Decodable>(_ type: Value.Type, _ json: String) {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(type, from: Data(json.utf8)) }
        }
        refuses(Matrix.self, #"{"shape":[2,2],"elements":[1,2,3]}"#)
        refuses(Matrix.self, #"{"shape":[3],"elements":[1,2,3]}"#)
        refuses(SparseVector.self, #"{"dimension":2,"indices":[2],"values":[1]}"#)
        refuses(SparseMatrix.self, #"{"columns":3,"rowOffsets":[0,2],"indices":[1,1],"values":[1,1]}"#)
        refuses(QuantizedEmbeddings.self, #"{"precision":"int8","rows":2,"columns":2,"bytes":[1,2,3]}"#)
    }

    @Test("Hashes tell shapes apart, and equal matrices are one")
    func hashing() throws {
        let flat = try Matrix(matrix.elements, rows: 3, columns: 4)
        #expect(Set([matrix, flat, Matrix(matrix[...]), matrix[rows: 0..<4]]).count == 2)
        #expect(try Set([Matrix(rows: [[0]]), Matrix(rows: [[-0.0]])]).count == 1, "equal numbers")
    }
}
