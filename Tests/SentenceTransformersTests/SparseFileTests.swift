// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Files of sparse matrices")
struct SparseFileTests {
    /// What the generator `mining` has put into the files.
    private static let rows: [[Float]] = [[0, 1.5, 0, 0], [0, 0, 0, 0], [2, 0, 0, -0.25]]

    @Test("SciPy's files are read, in any type of numbers", arguments: ["csr", "csr_float64", "csr_int64"])
    func scipy(name: String) throws {
        let matrix = try SparseMatrix(contentsOf: Fixture.url("mining/\(name).npz"))
        #expect(try matrix == SparseMatrix(Matrix(rows: Self.rows)))
    }

    @Test("What is written is read again")
    func written() throws {
        let folder = try TemporaryFolder(), file = folder.url.appending(path: "a.safetensors")
        let matrix = try SparseMatrix(Matrix(rows: Self.rows))
        try matrix.write(to: file)
        #expect(try SparseMatrix(contentsOf: file) == matrix)
        #expect(SparseMatrix.isStored(in: file))
        try matrix.dense.write(to: file)
        #expect(!SparseMatrix.isStored(in: file))
        #expect(
            errorText { try SparseMatrix(contentsOf: file) } == "a.safetensors: there is no tensor \"shape\"")
        #expect(errorText { try SparseMatrix(contentsOf: folder.url.appending(path: "b.npz")) }.contains("cannot open"))
    }

    @Test("Other formats and packed files are refused with what to do")
    func refused() {
        #expect(
            errorText { try SparseMatrix(contentsOf: Fixture.url("mining/csc.npz")) }
                == "csc.npz: the matrix is in format \"csc\"; convert it with tocsr()")
        #expect(
            errorText { try SparseMatrix(contentsOf: Fixture.url("mining/compressed.npz")) }.hasSuffix(
                "in the archive is compressed; save it with compressed=False (SciPy) or numpy.savez"))
    }
}

@Suite("Damaged files of sparse matrices")
struct SparseFileMutationTests {
    @Test("A damaged file is read or refused", arguments: ["npz", "safetensors"])
    func damaged(ending: String) throws {
        let folder = try TemporaryFolder(), file = folder.url.appending(path: "a.\(ending)")
        let source = Fixture.url("mining/csr.npz")
        if ending == "npz" {
            try FileManager.default.copyItem(at: source, to: file)
        } else {
            try SparseMatrix(contentsOf: source).write(to: file)
        }
        let (accepted, staysSmall) = try Mutations.run(
            "sparse \(ending)", of: [Array(Data(contentsOf: file))],
            pieces: ["PK", "csr", "<i4", "(", ",", "[0"].map { Array($0.utf8) }, seed: 3, usualCount: 300
        ) { bytes in
            try Data(bytes).write(to: file)
            do {
                let matrix = try SparseMatrix(contentsOf: file)
                _ = matrix.description
                return true
            } catch let error as CheckpointError {
                #expect(!error.description.contains("\n"))
                return false
            } catch let error as SearchError {
                #expect(!error.description.contains("\n"))
                return false
            }
        }
        #expect(accepted > 0 && staysSmall)
    }
}
