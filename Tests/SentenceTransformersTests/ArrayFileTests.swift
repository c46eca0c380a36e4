// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Files of arrays")
struct ArrayFileTests {
    private let matrix: Matrix

    init() throws { matrix = try Matrix(rows: [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]) }

    @Test("They are what the formats demand, and there whole or not at all")
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
        try quantizeEmbeddings(matrix, precision: .int8).write(to: url)
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
