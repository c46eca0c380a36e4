// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Multi-vector encoders are the reference's")
struct MultiVectorTests {
    @Test("Embeddings on every level", arguments: MultiVectorFixture.names, KernelSet.available.indices)
    func embeddings(name: String, level: Int) throws {
        let fixture = try MultiVectorFixture(name)
        try Execution.with(kernels: KernelSet.available[level]) {
            let model = try fixture.load()
            let texts = fixture.texts
            let found = [
                ("encode", try model.encode(texts)), ("encode_query", try model.encodeQuery(texts)),
                ("encode_document", try model.encodeDocument(texts)),
                ("pooled", try model.encodeDocument(texts, options: .pooled())),
                ("pooled_plain", try model.encodeQuery(texts, options: .pooledPlain())),
            ]
            for (call, embeddings) in found {
                let expected = try fixture.embeddings(call)
                #expect(embeddings.map(\.rows) == expected.map(\.rows), "\(call)")
                let difference = relativeDifference(embeddings, expected)
                #expect(difference <= Tolerance.normalized, "\(call)")
            }
        }
    }

    @Test("Similarities", arguments: MultiVectorFixture.names)
    func similarities(name: String) throws {
        let fixture = try MultiVectorFixture(name)
        var model = try fixture.load()
        #expect(model.similarityFunction == (name == "skipping" ? .meanMaxSim : .maxSim))
        var (queries, documents) = (
            try fixture.embeddings("encode_query"), try fixture.embeddings("encode_document")
        )
        queries[2] = try Matrix([], rows: 0, columns: queries[2].columns)
        documents[3] = try Matrix([], rows: 0, columns: documents[3].columns)
        for function in MultiVectorSimilarity.allCases {
            model = model.with(similarityFunction: function)
            let all = try fixture.result("\(function.rawValue).all").elements
            let pairs = try fixture.numbers("\(function.rawValue).pairwise")
            #expect(Self.difference(try model.similarity(Array(queries[..<5]), documents).elements, all) <= 1e-5)
            #expect(Self.difference(try model.similarityPairwise(queries, documents), pairs) <= 1e-5)
            #expect(try model.similarity(queries[0], documents[1]) == model.similarity(queries, documents)[0, 1])
        }
    }

    /// The largest difference, relative to what is expected or to 1.
    private static func difference(_ found: [Float], _ expected: [Float]) -> Double {
        guard found.count == expected.count else { return .infinity }
        return zip(found, expected).map { abs(Double($0) - Double($1)) / max(1, abs(Double($1))) }.max() ?? 0
    }

    @Test("Nothing compares to nothing")
    func empty() throws {
        let one = try Matrix(rows: [[1, 2]])
        for function in MultiVectorSimilarity.allCases {
            #expect(try function([], []).shape == [0, 0])
            #expect(try function([one, one], []).shape == [2, 0])
            #expect(try function([], [one]).shape == [0, 1])
            #expect(try function.pairwise([], []).isEmpty)
        }
        let model = try MultiVectorFixture("keeping").load()
        #expect(try model.encode([String]()).isEmpty)
    }

    @Test("Embeddings and similarities do not depend on what is beside them", arguments: MultiVectorFixture.names)
    func invariance(name: String) throws {
        let fixture = try MultiVectorFixture(name)
        let model = try fixture.load(.float32)
        for (task, encode) in [("query", model.encodeQuery), ("document", model.encodeDocument)]
            as [(String, ([String], MultiVectorEncodeOptions) throws -> [Matrix])]
        {
            let together = try encode(fixture.texts, MultiVectorEncodeOptions(threads: 2))
            for (index, text) in fixture.texts.enumerated() {
                #expect(
                    try encode([text], MultiVectorEncodeOptions(threads: 1))[0] == together[index], "\(task): \(text)")
            }
        }
    }

    @Test("Receipts leave expansions out")
    func receipts() throws {
        let model = try MultiVectorFixture("fixed_hidden").load()
        let options = model.options(MultiVectorEncodeOptions(), for: .query)
        let long = String(repeating: "the weather ", count: 20)
        let (embeddings, receipts) = try model.encodeWithReceipts(
            [TokenizerInput("sunny"), TokenizerInput(long)], options: options)
        #expect(embeddings.map(\.rows) == [16, 16])
        #expect(receipts.map(\.isTruncated) == [false, true])
        #expect(receipts[0].usedCount == receipts[0].tokenCount && receipts[0].usedCount < 16)
        #expect(receipts[1].usedCount == 16)
    }

    @Test("A length that is asked for replaces that of documents")
    func lengths() throws {
        let model = try MultiVectorFixture("min_hidden").load()
        let text = String(repeating: "sunny ", count: 50)
        func rows(_ length: Int?, _ task: EncodingTask) throws -> Int {
            try model.encode(
                text, options: model.options(MultiVectorEncodeOptions(maximumSequenceLength: length), for: task)
            ).rows
        }
        #expect(try [rows(nil, .document), rows(10, .document), rows(35, .document)] == [20, 10, 35])
        #expect(try rows(1000, .document) == 40)
        #expect(try [rows(nil, .query), rows(10, .query), rows(35, .query)] == [24, 16, 35])
    }

    @Test("Pooling refuses numbers out of range")
    func pooling() throws {
        #expect(throws: SearchError.self) { try HierarchicalTokenPooling(factor: 0.5) }
        #expect(throws: SearchError.self) { try HierarchicalTokenPooling(factor: 2, protectedTokens: -1) }
    }

    @Test("Pooling of embeddings that are there already")
    func standalone() throws {
        let fixture = try MultiVectorFixture("fixed_attended")
        let documents = try fixture.embeddings("encode_document")
        let pooling = try HierarchicalTokenPooling(factor: 2.5)
        #expect(relativeDifference(pooling(documents), try fixture.embeddings("pooled")) <= Tolerance.normalized)
        #expect(pooling(documents, task: .query) == documents)
    }
}
