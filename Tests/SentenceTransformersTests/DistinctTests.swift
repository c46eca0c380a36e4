// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTestSupport
import SentenceTokenizers
import SentenceTransformers
import Synchronization
import Testing

/// Equal texts of a call are computed once, however far apart they are.
@Suite("Equal texts")
struct DistinctTests {
    /// More than are tokenised at a time.
    static let count = (1 << 14) + 100

    /// How often a call reports progress: once for every micro-batch.
    private func microBatches<Options: CallOptions>(_ options: Options, _ call: (Options) throws -> Void) throws -> Int
    {
        let calls = Mutex(0)
        var options = options
        options.progress = { progress in
            calls.withLock { $0 += 1 }
            #expect(progress.total == Self.count)
        }
        try call(options)
        return calls.withLock(\.self)
    }

    @Test("Every kind of model computes a text once")
    func once() throws {
        let texts = [String](repeating: "the same text", count: Self.count)
        let model = try ModelFixture("mean").load()
        let dense = try microBatches(EncodeOptions()) { options in
            let found = try model.encode(texts, options: options), one = try model.encode(texts[0])
            #expect(found.rows == Self.count && found.allSatisfy { Array($0) == one })
        }
        #expect(dense == 1)
        let sparseModel = try SparseEncoder(directory: Fixture.url("sparse/bert"), computePrecision: .float32)
        let sparse = try microBatches(SparseEncodeOptions()) { options in
            let inputs = texts.map { TokenizerInput($0) }
            let receipts = try sparseModel.encodeWithReceipts(inputs, options: options).receipts
            #expect(receipts.count == Self.count && Set(receipts).count == 1)
        }
        #expect(sparse == 1)
        let vectorModel = try MultiVectorFixture("pylate").load()
        let vectors = try microBatches(MultiVectorEncodeOptions()) { options in
            let found = try vectorModel.encode(texts, options: options)
            #expect(found.count == Self.count && found.allSatisfy { $0 == found[0] })
        }
        #expect(vectors == 1)
        let scorer = try CrossEncoderFixture("bert").load()
        let pairs = try microBatches(PredictOptions()) { options in
            let found = try scorer.predict(texts.map { ($0, "another") }, options: options)
            #expect(found.rows == Self.count && found.allSatisfy { Array($0) == Array(found[0]) })
        }
        #expect(pairs == 1)
    }

    @Test("The asynchronous form does, too, and a stream within its windows")
    func asynchronous() async throws {
        let model = try ModelFixture("mean").load()
        let texts = [String](repeating: "the same text", count: Self.count), calls = Mutex(0)
        let options = EncodeOptions(progress: { _ in calls.withLock { $0 += 1 } })
        let found = try await model.encode(texts, options: options)
        #expect(found.rows == Self.count)
        #expect(calls.withLock(\.self) == 1)
        let stream = AsyncStream<String> { continuation in
            for text in texts.prefix(64) { continuation.yield(text) }
            continuation.finish()
        }
        var results = 0
        for try await _ in model.encode(stream, windowSize: 32, options: options) { results += 1 }
        #expect(results == 64)
        #expect(calls.withLock(\.self) == 3)
    }
}
