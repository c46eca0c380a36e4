// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

/// A tiny sparse encoder with the reference's results for it.
struct SparseFixture: Sendable {
    let folder: URL
    let expected: Checkpoint
    let lists: Lists
    let texts: [String]

    /// What the reference gives beside tensors.
    struct Lists: Decodable {
        let sparsity: [String: Double]
        let decoded: [[[Word]]]
        let shared: [Float]
        let similarity: String
    }

    /// A token or its weight.
    enum Word: Decodable {
        case token(String)
        case weight(Double)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let token = try? container.decode(String.self) {
                self = .token(token)
            } else {
                self = .weight(try container.decode(Double.self))
            }
        }
    }

    init(_ name: String) throws {
        folder = Fixture.url("sparse/\(name)")
        expected = try Checkpoint(file: folder.appending(path: "expected.safetensors"))
        lists = try JSONDecoder().decode(
            Lists.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
        texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: Fixture.url("architectures/texts.json")))
    }

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Fixture.url("sparse").path)) ?? []
        return files.filter { !$0.contains(".") }.sorted()
    }()

    func result(_ name: String) throws -> Matrix { Matrix(try expected.tensor(named: name).float32()) }

    func load(_ precision: ComputePrecision = .float32Highest) throws -> SparseEncoder {
        try SparseEncoder(directory: folder, computePrecision: precision)
    }
}

extension Tolerance {
    /// Of weights of words, relative to the largest of a text: a weight near zero is the rest of a sum of large numbers.
    static let sparse = 1e-5
}

extension Tensor {
    /// The elements of an int64 tensor.
    fileprivate var integers: [Int] { withUnsafeBytes { Array($0.bindMemory(to: Int64.self)).map(Int.init) } }
}

/// Checks that sparse embeddings have the reference's indices and values.
private func check(_ found: SparseMatrix, _ expected: Matrix, _ label: String) {
    #expect(found.shape == expected.shape, "\(label)")
    for row in 0..<found.rows {
        let (a, b) = (found[row], SparseVector(expected[row]))
        let largest = b.values.reduce(0) { max($0, Double(abs($1))) }
        #expect(a.indices == b.indices, "\(label), text \(row)")
        let difference = zip(a.dense, b.dense).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
        #expect(difference <= Tolerance.sparse * largest, "\(label), text \(row): \(difference) of \(largest)")
    }
}

@Suite("Sparse encoders are the reference's")
struct SparseTests {
    @Test("Embeddings on every level", arguments: SparseFixture.names, KernelSet.available.indices)
    func embeddings(name: String, level: Int) throws {
        let fixture = try SparseFixture(name)
        try Execution.with(kernels: KernelSet.available[level]) {
            let model = try fixture.load()
            check(try model.encode(fixture.texts), try fixture.result("encode"), "encode")
            check(try model.encodeQuery(fixture.texts), try fixture.result("encode_query"), "query")
            check(try model.encodeDocument(fixture.texts), try fixture.result("encode_document"), "document")
            let options = SparseEncodeOptions(maximumActiveDimensions: 5)
            check(try model.encode(fixture.texts, options: options), try fixture.result("most"), "most")
        }
    }

    @Test("A real SPLADE model, which is a plain masked language model", arguments: KernelSet.available.indices)
    func cognition(level: Int) throws {
        let texts = try JSONDecoder().decode(
            [String].self, from: Data(contentsOf: Fixture.url("minilm/texts.json")))
        let expected = try Checkpoint(file: Fixture.url("cognition/expected.safetensors"))
        let offsets = try expected.tensor(named: "offsets").integers
        let indices = try expected.tensor(named: "indices").integers
        let values = try expected.tensor(named: "values").floats
        try Execution.with(kernels: KernelSet.available[level]) {
            let model = try SparseEncoder(
                directory: realModel("SENTENCE_TEST_SPARSE_MODEL"), computePrecision: .float32Highest)
            let found = try model.encode(texts)
            for row in texts.indices {
                let range = offsets[row]..<offsets[row + 1]
                #expect(found[row].indices == Array(indices[range]), "text \(row)")
                let largest = Double(values[range].max() ?? 0)
                for (a, b) in zip(found[row].values, values[range]) {
                    #expect(abs(Double(a) - Double(b)) <= Tolerance.sparse * largest, "text \(row)")
                }
            }
            #expect(found.columns == 30522 && SparseEncoder.sparsity(found).sparsityRatio > 0.99)
            #expect(model.decode(found[0], topK: 3).map(\.token).contains("weather"))
        }
    }

    @Test("Similarities", arguments: SparseFixture.names)
    func similarities(name: String) throws {
        let fixture = try SparseFixture(name)
        let model = try fixture.load()
        let all = try model.encode(fixture.texts)
        let first = try model.encode(Array(fixture.texts[..<6])),
            second = try model.encode(Array(fixture.texts[6..<12]))
        for function in SimilarityFunction.allCases {
            let expected = try fixture.result("\(function.rawValue).all")
            let found = try function(first, all)
            let scale = expected.elements.reduce(1) { max($0, abs(Double($1))) }
            if function == .euclidean {
                // The reference takes the root of a difference of squares, so that only the squares agree.
                let squares = try fixture.result("dot.all").elements.reduce(1) { max($0, Double($1)) }
                for (a, b) in zip(found.elements, expected.elements) {
                    #expect(abs(Double(a * a) - Double(b * b)) <= Tolerance.sparse * squares)
                }
            } else {
                #expect(largestDifference(found, expected) <= Tolerance.sparse * scale, "\(function)")
            }
            #expect(
                largestDifference(found, try function(first.dense, all.dense)) <= Tolerance.sparse * scale,
                "\(function)")
            let pairwise = try fixture.expected.tensor(named: "\(function.rawValue).pairwise").floats
            for (a, b) in zip(try function.pairwise(first, second), pairwise) {
                #expect(abs(Double(a) - Double(b)) <= Tolerance.sparse * scale, "\(function)")
            }
            #expect(try model.with(similarityFunction: function).similarity(first, all) == found)
        }
        #expect(model.similarityFunction.rawValue == fixture.lists.similarity)
    }

    @Test("Words, shares and statistics", arguments: SparseFixture.names)
    func inspection(name: String) throws {
        let fixture = try SparseFixture(name)
        let model = try fixture.load()
        let embeddings = try model.encode(fixture.texts)
        let statistics = SparseEncoder.sparsity(embeddings)
        #expect(abs(statistics.activeDimensions - (fixture.lists.sparsity["active_dims"] ?? -1)) < 1e-4)
        #expect(abs(statistics.sparsityRatio - (fixture.lists.sparsity["sparsity_ratio"] ?? -1)) < 1e-6)
        for (found, expected) in zip(model.decode(embeddings, topK: 4), fixture.lists.decoded) {
            #expect(found.count == expected.count)
            for (word, pair) in zip(found, expected) {
                guard case .token(let token) = pair[0], case .weight(let weight) = pair[1] else { continue }
                #expect(word.token == token)
                #expect(abs(Double(word.weight) - weight) <= Tolerance.sparse * max(1, weight))
            }
        }
        let shared = try SparseEncoder.intersection(embeddings[0], embeddings[1])
        #expect(largestDifference(try Matrix(rows: [shared.dense]), try Matrix(rows: [fixture.lists.shared])) <= 1e-4)
        #expect(try SparseEncoder.intersection(embeddings[0], embeddings)[1] == shared)
    }

    @Test("The same bits alone, in any batch and on any threads", arguments: ["bert", "modernbert", "sum", "router"])
    func invariance(name: String) throws {
        let fixture = try SparseFixture(name)
        for precision in ComputePrecision.allCases {
            let model = try fixture.load(precision)
            let all = try model.encode(fixture.texts)
            for (index, text) in fixture.texts.enumerated() { #expect(try model.encode(text) == all[index]) }
            for (tokens, threads) in [(1, 1), (7, 2), (100_000, 1), (100_000, 3)] {
                let options = SparseEncodeOptions(batchTokens: tokens, threads: threads)
                #expect(try model.encode(fixture.texts, options: options) == all)
            }
        }
    }

    @Test("What is saved loads again", arguments: SparseFixture.names)
    func saving(name: String) throws {
        let fixture = try SparseFixture(name)
        let model = try fixture.load()
        let folder = try TemporaryFolder()
        try model.save(to: folder.url)
        try SavedModels.keep(model, "sparse/\(name)")
        let again = try SparseEncoder(directory: folder.url, computePrecision: .float32Highest)
        #expect(try again.encodeQuery(fixture.texts) == model.encodeQuery(fixture.texts))
        #expect(try again.encodeDocument(fixture.texts) == model.encodeDocument(fixture.texts))
        #expect(again.maximumActiveDimensions == model.maximumActiveDimensions)
    }

    @Test("Nothing is nothing")
    func empty() throws {
        let model = try SparseFixture("bert").load()
        let none = try model.encode([String]())
        #expect(none.shape == [0, model.embeddingDimension])
        #expect(try model.similarity(none, none).shape == [0, 0])
        #expect(model.decode(none).isEmpty)
        #expect(SparseEncoder.sparsity(none).activeDimensions == 0)
        #expect(SparseEncoder.sparsity(none).sparsityRatio == 1)
    }

    @Test("Wrong use is an error that says what to do")
    func wrongUse() throws {
        let sparse = Fixture.url("sparse/sum"), dense = Fixture.url("models/mean")
        #expect(
            errorText { try SentenceTransformer(directory: sparse) }.hasSuffix("open it with SparseEncoder(\"…\")"))
        #expect(errorText { try SparseEncoder(directory: dense) }.contains("open it with SentenceTransformer"))
        let plain = Fixture.url("tokenizers")
        #expect(errorText { try SparseEncoder(directory: plain) }.contains("expected modules.json"))
        let model = try SparseEncoder(directory: sparse)
        #expect(
            errorText { try model.encode("a", options: .init(maximumActiveDimensions: 0)) }
                == "maximumActiveDimensions is 0; expected a positive number")
    }
}
