// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTransformers
import Testing

/// Gives what a closure gives, inside of which the blocking forms are called, also in an asynchronous function.
func blocking<R>(_ body: () throws -> R) rethrows -> R { try body() }

/// An asynchronous form that called itself would never end.
@Suite("Asynchronous forms", .timeLimit(.minutes(1)))
struct AsyncTests {
    @Test("What blocks has a form of the same name that gives the same")
    func texts() async throws {
        let fixture = try ModelFixture("prompts")
        let (model, texts) = (try fixture.load(), fixture.texts)
        let inputs = texts.map { TokenizerInput($0) }, options = EncodeOptions(truncateDimension: 5)
        #expect(
            try await model.encode(texts, options: options) == blocking { try model.encode(texts, options: options) })
        #expect(try await model.encode(inputs) == blocking { try model.encode(inputs) })
        #expect(try await model.encode("weather") == blocking { try model.encode("weather") })
        #expect(try await model.encodeQuery(texts) == blocking { try model.encodeQuery(texts) })
        #expect(try await model.encodeQuery("weather") == blocking { try model.encodeQuery("weather") })
        #expect(try await model.encodeDocument(texts) == blocking { try model.encodeDocument(texts) })
        #expect(try await model.encodeDocument("weather") == blocking { try model.encodeDocument("weather") })
        #expect(try await model.encodeWithReceipts(inputs) == blocking { try model.encodeWithReceipts(inputs) })
        #expect(
            try await model.encode(texts, precision: .int8) == blocking { try model.encode(texts, precision: .int8) })
        #expect(try await model.encodeTokens(inputs) == blocking { try model.encodeTokens(inputs) })
        #expect(
            try await model.encodeTokensWithReceipts(inputs) == blocking { try model.encodeTokensWithReceipts(inputs) })
    }

    @Test("So it is with the other encoders")
    func kinds() async throws {
        func check<Model: TextEncoder>(_ model: Model) async throws where Model.Embeddings: Equatable {
            #expect(try await model.encode(["a", "b"]) == blocking { try model.encode(["a", "b"]) })
            #expect(
                try await model.encodeWithReceipts(["a"])
                    == blocking { try model.encodeWithReceipts(["a"], options: .init()) })
        }
        try await check(SparseFixture("bert").load())
        try await check(MultiVectorFixture("keeping").load())
    }

    @Test("So it is with scores of pairs")
    func pairs() async throws {
        let fixture = try CrossEncoderFixture("roberta")
        let model = try await CrossEncoder(fixture.folder.path, computePrecision: .float32Highest)
        let pairs = fixture.pairs, documents = ["b", "c"]
        #expect(try await model.predict(pairs) == blocking { try model.predict(pairs) })
        #expect(try await model.predict([("a", "b")]) == blocking { try model.predict([("a", "b")]) })
        #expect(try await model.predict("a", "b") == blocking { try model.predict("a", "b") })
        #expect(try await model.predictWithReceipts(pairs) == blocking { try model.predictWithReceipts(pairs) })
        #expect(
            try await model.rank("a", documents: documents) == blocking { try model.rank("a", documents: documents) })
        #expect(
            try await model.rankWithReceipts("a", documents: documents, topK: 1)
                == blocking { try model.rankWithReceipts("a", documents: documents, topK: 1) })
    }

    @Test("A cancelled task stops")
    func cancellation() async throws {
        let fixture = try ModelFixture("mean")
        let model = try fixture.load()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await model.encode(fixture.texts)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
