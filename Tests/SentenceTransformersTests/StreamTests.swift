// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTestSupport
import SentenceTransformers
import Synchronization
import Testing

@Suite("Asynchronous forms and streams")
struct StreamTests {
    /// Texts one by one, of which it counts how many were read; at their end it may throw.
    private final class Source<Element: Sendable>: AsyncSequence, Sendable {
        struct End: Error {}

        let elements: [Element]
        let throwsAtEnd: Bool
        let taken = Mutex(0)

        init(_ elements: [Element], throwsAtEnd: Bool = false) {
            self.elements = elements
            self.throwsAtEnd = throwsAtEnd
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source: self) }

        struct AsyncIterator: AsyncIteratorProtocol {
            let source: Source

            func next() async throws -> Element? {
                let index = source.taken.withLock { taken in
                    defer { taken += 1 }
                    return taken
                }
                if index < source.elements.count { return source.elements[index] }
                if source.throwsAtEnd { throw End() }
                return nil
            }
        }
    }

    private func all<Results: AsyncSequence>(_ results: Results) async throws -> [Results.Element] {
        var all: [Results.Element] = []
        for try await result in results { all.append(result) }
        return all
    }

    @Test("Texts that come one by one give what they give together", arguments: [1, 3, 1024])
    func order(windowSize: Int) async throws {
        let fixture = try ModelFixture("prompts")
        let (model, texts) = (try fixture.load(), fixture.texts)
        #expect(
            try await all(model.encode(Source(texts), windowSize: windowSize))
                == model.encode(texts).map { Array($0) })
        #expect(
            try await all(model.encodeQuery(Source(texts), windowSize: windowSize))
                == model.encodeQuery(texts).map { Array($0) })
        #expect(
            try await all(model.encodeDocument(Source(texts), windowSize: windowSize))
                == model.encodeDocument(texts).map { Array($0) })
        #expect(try await all(model.encode(Source([]), windowSize: windowSize)).isEmpty)
    }

    @Test("Other kinds of models do so too")
    func kinds() async throws {
        let sparse = try SparseFixture("bert"), multi = try MultiVectorFixture("keeping")
        let (sparseModel, multiModel) = (try sparse.load(), try multi.load())
        let sparseResults = try await sparseModel.encode(sparse.texts)
        #expect(
            try await all(sparseModel.encode(Source(sparse.texts), windowSize: 2))
                == sparse.texts.indices.map { sparseResults[$0] })
        let texts = ["the weather", "", "a weather"]
        #expect(try await all(multiModel.encode(Source(texts), windowSize: 2)) == multiModel.encode(texts))
    }

    @Test("No more is read than a window ahead")
    func backPressure() async throws {
        let model = try ModelFixture("mean").load()
        let source = Source([String](repeating: "the weather", count: 100))
        var iterator = model.encode(source, windowSize: 10).makeAsyncIterator()
        #expect(source.taken.withLock(\.self) == 0)
        for index in 0..<25 {
            _ = try await iterator.next()
            #expect(source.taken.withLock(\.self) == (index / 10 + 1) * 10)
        }
    }

    @Test("What the texts throw comes after the results of those before, once")
    func failures() async throws {
        let model = try ModelFixture("mean").load()
        var iterator = model.encode(Source(["a", "b", "c"], throwsAtEnd: true), windowSize: 2).makeAsyncIterator()
        for _ in 0..<3 { #expect(try await iterator.next() != nil) }
        await #expect(throws: Source<String>.End.self) { try await iterator.next() }
        #expect(try await iterator.next() == nil)
        let options = EncodeOptions(promptName: "nothing")
        await #expect(throws: SentenceTransformersError.self) {
            try await all(model.encode(Source(["a"]), options: options))
        }
        await #expect(throws: SentenceTransformersError.self) {
            try await all(model.encode(Source(["a"]), windowSize: 0))
        }
    }

    @Test("A cancelled task stops")
    func cancellation() async throws {
        let model = try ModelFixture("mean").load()
        let source = Source([String](repeating: "the weather", count: 100))
        let task = Task {
            for try await _ in model.encode(source, windowSize: 10) { withUnsafeCurrentTask { $0?.cancel() } }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(source.taken.withLock(\.self) == 10)
    }

    @Test("Pairs that come one by one are scored")
    func pairs() async throws {
        let fixture = try CrossEncoderFixture("bert")
        let model = try CrossEncoder(directory: fixture.folder, computePrecision: .float32Highest)
        let pairs = [
            TokenizerInput("a", pair: "b"), TokenizerInput("the weather", pair: "is"), TokenizerInput("", pair: ""),
        ]
        #expect(
            try await all(model.predict(Source(pairs), windowSize: 2)) == model.predict(pairs).map { Array($0) })
    }
}
