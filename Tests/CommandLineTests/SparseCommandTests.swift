// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Sparse models on the command line")
struct SparseCommandTests {
    private let folder: TemporaryFolder
    private let model = Fixture.url("sparse/sum").path

    init() throws { folder = try TemporaryFolder() }

    private struct Row: Decodable {
        let indices: [Int]
        let values: [Float]
    }

    private func run(_ verb: String, _ arguments: [String] = [], input: String = "") throws -> Command.Result {
        try Command.run([verb, "--model", model] + arguments, input: input)
    }

    private func texts() throws -> String {
        try ModelFixture.jsonLines(
            JSONDecoder().decode([String].self, from: Data(contentsOf: Fixture.url("architectures/texts.json"))))
    }

    @Test("encode finds out that a model is sparse, and writes indices and values")
    func encode() throws {
        let path = try folder.write(texts(), to: "texts.jsonl").path
        for (task, name) in [([], "encode"), (["--task", "query"], "encode_query")] {
            let rows: [Row] = try run("encode", ["--input", path] + task).decoded()
            let expected = try ModelFixture.rows(of: name, in: Fixture.url("sparse/sum/expected.safetensors"))
            #expect(rows.count == expected.count)
            for (row, elements) in zip(rows, expected) {
                #expect(row.indices == elements.indices.filter { elements[$0] != 0 })
                for (index, value) in zip(row.indices, row.values) { #expect(abs(value - elements[index]) < 1e-4) }
            }
        }
    }

    @Test("encode writes words with --decode")
    func decode() throws {
        let line = try run("encode", ["--decode", "--top-k", "2"], input: "the weather\n").output
        let words = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [[Any]])
        #expect(words.count == 2)
        let weights = words.compactMap { $0[1] as? Double }
        #expect(words.allSatisfy { $0.count == 2 && $0[0] is String } && weights == weights.sorted(by: >))
    }

    @Test("encode writes dense rows as .npy, and compressed ones as .safetensors")
    func files() throws {
        let (array, tensors) = (folder.url.appending(path: "x.npy"), folder.url.appending(path: "x.safetensors"))
        _ = try run("encode", ["--dense", "--output", array.path, "--max-active-dims", "3"], input: "the weather\na\n")
        _ = try run("encode", ["--output", tensors.path, "--max-active-dims", "3"], input: "the weather\na\n")
        let dense = try NumpyArray(array)
        let sparse = try Checkpoint(file: tensors)
        #expect(dense.shape == [2, 116])
        #expect(sparse.names.sorted() == ["indices", "offsets", "shape", "values"])
        let elements = dense.data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        #expect(try sparse.tensor(named: "values").floats == elements.filter { $0 != 0 })
        #expect(try sparse.tensor(named: "values").count == 6)
    }

    @Test("encode writes the file that SciPy reads")
    func scipy() throws {
        let (file, tensors) = (folder.url.appending(path: "x.npz"), folder.url.appending(path: "x.safetensors"))
        for output in [file, tensors] {
            _ = try run("encode", ["--output", output.path, "--max-active-dims", "3"], input: "the weather\na\n")
        }
        let entries = try StoredZipReader(file).entries
        let checkpoint = try Checkpoint(file: tensors)
        #expect(entries.keys.sorted() == ["data.npy", "format.npy", "indices.npy", "indptr.npy", "shape.npy"])
        func content(_ name: String, _ type: String) throws -> Data {
            let entry = try #require(entries[name])
            #expect(
                String(decoding: entry[10..<128], as: UTF8.self).hasPrefix(
                    "{'descr': '\(type)', 'fortran_order': False"))
            return Data(entry.dropFirst(128))
        }
        func numbers<Number>(_ data: Data, _ type: Number.Type) -> [Number] {
            data.withUnsafeBytes { Array($0.bindMemory(to: type)) }
        }
        #expect(try numbers(content("data.npy", "<f4"), Float.self) == checkpoint.tensor(named: "values").floats)
        #expect(try numbers(content("shape.npy", "<i8"), Int64.self) == [2, 116])
        #expect(try numbers(content("indptr.npy", "<i4"), Int32.self) == [0, 3, 6])
        #expect(try numbers(content("indices.npy", "<i4"), Int32.self).count == 6)
        #expect(try content("format.npy", "|S3") == Data("csr".utf8))
        let refused = try run("encode", ["--output", folder.url.appending(path: "x.npy").path], input: "a\n")
        #expect(refused.status == 1 && refused.error.contains("write them as .npz (SciPy) or .safetensors"))
        let dense = try Command.run(
            ["encode", "--model", Fixture.url("models/mean").path, "--output", file.path], input: "a\n")
        #expect(dense.status == 1 && dense.error.contains(".npz holds sparse embeddings"))
    }

    @Test("similarity and info know sparse models")
    func others() throws {
        let matrix = try #require(
            try run("similarity", ["--json", "it is sunny", "he drove"]).decoded([[Float]].self).first)
        #expect(abs(matrix[0][0] - 1) < 1e-5 && abs(matrix[0][1] - matrix[1][0]) < 1e-6)
        let info = try run("info", ["--json"]).output
        #expect(info.contains("\"kind\": \"SparseEncoder\"") && info.contains("\"max_active_dims\": 20"))
        #expect(try run("info").output.contains("SpladePooling: sum, log1p_relu"))
    }

    @Test("A plain masked language model is sparse unless it is asked to be dense")
    func plain() throws {
        let plain = Fixture.url("models/plain").path
        #expect(try Command.run(["encode", "--model", plain], input: "a\n").output.hasPrefix("{\"indices\""))
        let dense = try Command.run(["encode", "--model", plain, "--kind", "dense"], input: "a\n").output
        #expect(dense.hasPrefix("["))
    }

}
