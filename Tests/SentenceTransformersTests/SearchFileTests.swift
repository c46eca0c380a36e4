// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Search in files")
struct SearchFileTests {
    private let folder: TemporaryFolder
    private let corpus: Matrix, queries: Matrix

    init() throws {
        folder = try TemporaryFolder()
        var random = SeededGenerator(seed: 5)
        func matrix(_ rows: Int) throws -> Matrix {
            try Matrix((0..<rows * 24).map { _ in Float.random(in: -1...1, using: &random) }, rows: rows, columns: 24)
        }
        corpus = try matrix(2100)
        queries = try matrix(3)
    }

    private func tensor(_ codes: QuantizedEmbeddings) -> Tensor {
        let storage = SentenceTensors.Storage(uninitializedByteCount: codes.bytes.count)
        codes.bytes.withUnsafeBytes { storage.mutableBytes.copyMemory(from: $0) }
        return Tensor(
            storage: storage, shape: [codes.rows, codes.columns], elementType: codes.isSigned ? .int8 : .uint8)
    }

    private func write(_ tensor: Tensor, _ name: String) throws -> URL {
        let url = folder.url.appending(path: name)
        if name.hasSuffix("npy") {
            try NumpyFile.write(tensor, to: url)
        } else {
            try SafetensorsWriter.write(["a": Tensor([1], shape: [1]), "rows": tensor], to: url)
        }
        return url
    }

    @Test("A file gives the same lists as memory", arguments: ["x.npy", "x.safetensors"])
    func agrees(name: String) throws {
        let rare = RowSet(count: corpus.rows) { $0 % 97 < 2 }, ranges = QuantizationRanges(calibrating: corpus)
        var cases = try [(SearchCorpus(corpus), SearchCorpus(contentsOf: write(corpus.tensor, name), tensor: "rows"))]
        for precision in EmbeddingPrecision.allCases where precision != .float32 {
            let codes = try quantizeEmbeddings(corpus, precision: precision, ranges: ranges)
            let url = try write(tensor(codes), precision.rawValue + name)
            let isBinary = precision == .binary || precision == .ubinary
            cases.append(
                try (
                    SearchCorpus(codes, ranges: ranges),
                    SearchCorpus(contentsOf: url, tensor: "rows", isBinary: isBinary, ranges: ranges)
                ))
        }
        let halves = (0..<corpus.rows * 24).map { UInt16($0 * 7919 % 0x7C00) }
        let storage = SentenceTensors.Storage(uninitializedByteCount: 2 * halves.count)
        halves.withUnsafeBytes { storage.mutableBytes.copyMemory(from: $0) }
        let half = Tensor(storage: storage, shape: corpus.shape, elementType: .float16)
        cases.append(
            try (
                SearchCorpus(float16: halves, rows: corpus.rows, columns: 24),
                SearchCorpus(contentsOf: write(half, "half" + name), tensor: "rows")
            ))
        for (memory, file) in cases {
            #expect(file.storage == memory.storage && file.rows == memory.rows)
            for allowed in [nil, rare] {
                let expected = try semanticSearch(queries, in: memory, topK: 30, allowed: allowed)
                #expect(try semanticSearch(queries, in: file, topK: 30, allowed: allowed, threads: 2) == expected)
            }
        }
        let (bits, exact) = (cases[3].1, cases[0].1)
        let rescored = try semanticSearch(queries, in: bits, rescoredBy: [exact], topK: 4)
        #expect(try semanticSearch(queries, in: cases[3].0, rescoredBy: [cases[0].0], topK: 4) == rescored)
    }

    @Test("A file that is cut, written to or replaced during a search is an error")
    func changed() throws {
        func message(_ change: @escaping @Sendable (URL) throws -> Void) throws -> String {
            let url = try write(corpus.tensor, "x.npy")
            let file = try SearchCorpus(contentsOf: url)
            _ = try semanticSearch(queries, in: file)
            let error = #expect(throws: CheckpointError.self) {
                _ = try semanticSearch(
                    queries, in: file, topK: 3, scoreFunction: .dot, allowed: nil, threads: 1
                ) { _ in try change(url) }
            }
            return error?.description ?? ""
        }
        let cut = try message { url in
            let handle = try FileHandle(forWritingTo: url)
            try handle.truncate(atOffset: 1000)
            try handle.close()
        }
        #expect(
            cut == "x.npy: byte 30848 of 201728 is gone; the file became shorter while it was read")
        let written = try message { url in
            let handle = try FileHandle(forWritingTo: url)
            try handle.seekToEnd()
            try handle.write(contentsOf: [1])
            try handle.close()
        }
        #expect(written == "x.npy: changed while it was read; start again with a file that stays")
        let replaced = try message { try Data([1]).write(to: $0, options: .atomic) }
        #expect(replaced == written)
        let removed = try message {
            if FileManager.default.fileExists(atPath: $0.path) { try FileManager.default.removeItem(at: $0) }
        }
        #expect(removed == written)
    }

    @Test("What is not a matrix of embeddings is refused")
    func refused() throws {
        func message(_ url: URL, tensor: String? = nil, isBinary: Bool = false) -> String {
            #expect(throws: CheckpointError.self) {
                _ = try SearchCorpus(contentsOf: url, tensor: tensor, isBinary: isBinary)
            }?.description ?? ""
        }
        let both = try write(corpus.tensor, "x.safetensors")
        #expect(message(both) == "x.safetensors: holds 2 tensors; say which one has the embeddings")
        #expect(message(both, tensor: "b") == "x.safetensors: there is no tensor \"b\"")
        #expect(message(both, tensor: "a") == "x.safetensors: an array of shape [1]; expected [rows, columns]")
        #expect(
            message(both, tensor: "rows", isBinary: true)
                == "x.safetensors: elements of type float32 as bits; expected int8 or uint8")
        #expect(message(folder.url.appending(path: "y.npy")).hasPrefix("y.npy: cannot open"))
        #expect(message(folder.url).contains("is not a file"))
        func npy(_ fields: String, version: UInt8 = 1, data: Int = 0) throws -> URL {
            let length = version == 1 ? [UInt8(fields.utf8.count), 0] : [UInt8(fields.utf8.count), 0, 0, 0]
            let bytes = [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(fields.utf8)
            return try folder.write(bytes + [UInt8](repeating: 0, count: data), to: "z.npy")
        }
        let sound = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n"
        #expect(try SearchCorpus(contentsOf: npy(sound, data: 8)).rows == 2)
        #expect(
            try SearchCorpus(
                contentsOf: npy("{\"shape\":(2,1),\"descr\":'|u1','fortran_order':False}", version: 3, data: 2)
            ).columns == 1)
        #expect(
            try message(npy(sound, data: 9)) == "z.npy: float32 of shape [2, 1] takes 8 bytes, but 9 follow the header")
        #expect(try message(npy(sound, version: 4)) == "z.npy: version 4 of the .npy format; expected 1 to 3")
        #expect(
            try message(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1)}", data: 8)).contains(
                "column by column"))
        #expect(
            try message(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 1)}", data: 8))
                == "z.npy: elements of type \">f4\"; expected little-endian numbers such as '<f4'")
        #expect(
            try message(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807)}"))
                == "z.npy: rows of 9223372036854775807 numbers; expected at most 2^31 - 1")
        #expect(
            try message(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (8, 9223372036854775807)}"))
                .contains("too many elements"))
        for text in [
            "", "{}", "{'descr': '<f4'", sound + "x", sound.replacing("(2", with: "(-2"),
            sound.replacing("descr", with: "shape"),
        ] {
            #expect(try message(npy(text, data: 8)) == "z.npy: the header is not a description of an array", "\(text)")
        }
        #expect(try message(folder.write([0x93], to: "z.npy")) == "z.npy: does not begin as a .npy file")
    }
}

/// Damaged files end in an error or in a search of the rows that they have, never in a crash.
@Suite struct SearchFileMutationTests {
    @Test("Damaged files", arguments: ["npy", "safetensors"])
    func damaged(ending: String) throws {
        let folder = try TemporaryFolder()
        let tensor = Tensor((0..<12).map(Float.init), shape: [4, 3])
        let url = folder.url.appending(path: "sound.\(ending)")
        if ending == "npy" {
            try NumpyFile.write(tensor, to: url)
        } else {
            try SafetensorsWriter.write(["rows": tensor], to: url)
        }
        let query = try Matrix(rows: [[1, 2, 3]])
        let pieces = ["'<f2'", "(0, 3)", "(4, 3, 1)", "True", "'|i1'", "[0,3]", "\"I8\""].map { Array($0.utf8) }
        let (accepted, staysSmall) = try Mutations.run(
            "\(ending) files of embeddings", of: [Array(Data(contentsOf: url))], pieces: pieces, seed: 15
        ) { bytes in
            let damaged = try folder.write(bytes, to: "damaged.\(ending)")
            guard let corpus = try? SearchCorpus(contentsOf: damaged) else { return false }
            guard let hits = try? semanticSearch(query, in: corpus, topK: 100) else { return true }
            #expect(hits[0].count == corpus.rows)
            return true
        }
        #expect(accepted > 0 && staysSmall)
    }
}
