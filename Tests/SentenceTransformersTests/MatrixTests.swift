// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
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
            #expect(throws: SentenceTransformersError.self) { try Matrix([1, 2, 3], rows: rows, columns: columns) }
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
        try again(matrix.quantized(to: .int8))
        try again(matrix.quantized(to: .ubinary))
        try again([ScoredIndex(index: 1, score: 0.5)])
        try again([RankedDocument(index: 0, score: 1, text: "é")])
        try again([TokenizerInput("a", pair: "b"), "c"])
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

    @Test("Files of arrays are what the formats demand, and there whole or not at all")
    func writing() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "a.npy")
        try matrix[rows: 1..<3].write(to: url)
        let bytes = try Data(contentsOf: url)
        let header = "\u{93}NUMPY\u{1}\u{0}v\u{0}{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
        #expect(bytes.count == 128 + 24 && bytes.prefix(128).last == UInt8(ascii: "\n"))
        #expect(bytes.starts(with: header.unicodeScalars.map { UInt8($0.value) }))
        let numbers = bytes.dropFirst(128).withUnsafeBytes { raw in
            (0..<6).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        #expect(numbers == [4, 5, 6, 7, 8, 9])
        try matrix.quantized(to: .int8).write(to: url)
        #expect(try Data(contentsOf: url).count == 128 + 12)

        let tensors = folder.url.appending(path: "a.safetensors")
        try matrix.write(to: tensors, name: "corpus")
        #expect(try Matrix(Checkpoint(file: tensors).tensor(named: "corpus")) == matrix)
        try [matrix, matrix[rows: ..<1]].write(to: tensors)
        #expect(try Matrix(Checkpoint(file: tensors).tensor(named: "1")) == matrix[rows: ..<1])
        try SparseMatrix(matrix).write(to: tensors)
        #expect(try Checkpoint(file: tensors).tensor(named: "shape").float32().floats == [4, 3])
        #expect(try Checkpoint(file: tensors).tensor(named: "offsets").float32().floats == [0, 3, 6, 9, 12])

        #expect(
            errorText { try matrix.write(to: folder.url.appending(path: "a.csv")) }
                == "a.csv: expected a file that ends in .npy or .safetensors")
        #expect(errorText { try [matrix, matrix].write(to: url) }.hasPrefix("a.npy: a .npy file holds one array"))
        #expect(throws: CheckpointError.self) { try matrix.write(to: folder.url.appending(path: "none/a.npy")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 2, "nothing is left over")
    }
}
