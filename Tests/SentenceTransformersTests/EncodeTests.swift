// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Synchronization
import Testing

@Suite("Encoding")
struct EncodeTests {
    @Test(
        "A text has the same bits alone, in any batch, at any position, with any threads",
        arguments: KernelSet.available.indices)
    func batchInvariance(level: Int) throws {
        try Execution.with(kernels: KernelSet.available[level]) {
            let fixture = try ModelFixture("tail")
            for precision in ComputePrecision.allCases {
                try checkInvariance(of: fixture.load(precision), fixture.texts, rounds: 6)
            }
        }
    }

    @Test("So it is with the real model", arguments: ComputePrecision.allCases)
    func realBatchInvariance(precision: ComputePrecision) throws {
        let texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: Fixture.url("minilm/texts.json")))
        let model = try SentenceTransformer(directory: realModel(), computePrecision: precision)
        try checkInvariance(of: model, texts, rounds: 3)
    }

    private func checkInvariance(of model: SentenceTransformer, _ texts: [String], rounds: UInt64) throws {
        let alone = try texts.map { try model.encode($0, options: EncodeOptions(threads: 1)) }
        for round in 0..<rounds {
            var random = SeededGenerator(seed: round)
            let twice: [Int] = Array(texts.indices) + Array(texts.indices)
            let order: [Int] = Array(twice.shuffled(using: &random).prefix(Int(round) * 9 + 3))
            let options = EncodeOptions(
                batchTokens: [1, 40, 700, 100_000].randomElement(using: &random) ?? 1, threads: Int(round % 3) + 1)
            let together = try model.encode(order.map { texts[$0] }, options: options)
            for (row, text) in order.enumerated() {
                #expect(bits(together[row]) == bits(alone[text]), "text \(text), \(options)")
            }
        }
        let inside = try model.encode(texts[0], options: EncodeOptions(threads: 2))
        #expect(bits(inside) == bits(alone[0]), "threads inside a product")
    }

    private func bits(_ embedding: some Collection<Float>) -> [UInt32] { embedding.map { $0.bitPattern } }

    @Test("No text gives no row")
    func none() throws {
        let model = try ModelFixture("mean").load()
        #expect(try model.encode([String]()).shape == [0, 48])
        #expect(try model.encodeTokens([]).isEmpty)
    }

    @Test("Prompts are chosen as the reference chooses them")
    func prompts() throws {
        let fixture = try ModelFixture("prompts")
        let model = try fixture.load()
        #expect(model.similarityFunction == .dot)
        #expect(model.truncateDimension == 45)
        #expect(model.embeddingDimension == 144)
        func expect(_ name: String, _ found: Matrix) throws {
            let expected = try fixture.result(name)
            #expect(
                largestDifference(found, expected) <= Tolerance.relative * max(1, largestElement(expected)), "\(name)")
        }
        try expect("query", model.encodeQuery(fixture.texts))
        try expect("document", model.encodeDocument(fixture.texts))
        try expect("long", model.encode(fixture.texts, options: EncodeOptions(promptName: "long")))
        try expect("explicit", model.encode(fixture.texts, options: EncodeOptions(prompt: "the weather is ")))
        try expect(
            "dimensions",
            model.encode(fixture.texts, options: EncodeOptions(normalizeEmbeddings: true, truncateDimension: 12)))
        let message = errorText { try model.encode("a", options: EncodeOptions(promptName: "nothing")) }
        #expect(message == "the model has no prompt named \"nothing\"; it has: document, long, passage, query")
    }

    @Test("Quantized embeddings are the reference's", arguments: [EmbeddingPrecision.int8, .uint8, .binary, .ubinary])
    func precisions(precision: EmbeddingPrecision) throws {
        let fixture = try ModelFixture("prompts")
        let found = try fixture.load().encode(fixture.texts, precision: precision)
        let recorded = try fixture.expected.tensor(named: precision.rawValue)
        let expected = recorded.withUnsafeBytes { Array($0) }
        #expect(recorded.shape == [found.rows, found.columns])
        // A number on the border of two steps may fall to either side.
        let differing = zip(found.bytes, expected).filter { $0 != $1 }
        #expect(differing.count <= found.bytes.count / 200)
        if precision == .int8 || precision == .uint8 {
            #expect(differing.allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        } else {
            #expect(differing.isEmpty)
        }
    }

    @Test("The receipt says what was cut")
    func receipts() throws {
        let model = try ModelFixture("mean").load()
        #expect(model.maximumSequenceLength == 40)
        let texts = ["", "the weather is lovely", String(repeating: "the ", count: 100)].map { TokenizerInput($0) }
        let receipts = try model.encodeWithReceipts(texts).receipts
        #expect(receipts.map(\.tokenCount) == [2, 6, 102])
        #expect(receipts.map(\.usedCount) == [2, 6, 40])
        #expect(receipts.map(\.isTruncated) == [false, false, true])
        let shorter = try model.encodeWithReceipts(texts, options: EncodeOptions(maximumSequenceLength: 4)).receipts
        #expect(shorter.map(\.usedCount) == [2, 4, 4])
    }

    @Test("Options out of range are refused by name")
    func options() throws {
        let model = try ModelFixture("mean").load()
        for (options, name) in [
            (EncodeOptions(truncateDimension: 0), "truncateDimension is 0"),
            (EncodeOptions(batchTokens: 0), "batchTokens is 0"),
            (EncodeOptions(threads: -1), "threads is -1"),
            (EncodeOptions(maximumSequenceLength: 0), "maximumSequenceLength is 0"),
        ] {
            #expect(errorText { try model.encode("a", options: options) } == "\(name); expected a positive number")
        }
        #expect(errorText { try model.encode("a b c", options: EncodeOptions(maximumSequenceLength: 1)) }.contains("1"))
    }

    @Test("Progress counts every text once")
    func progress() throws {
        let seen = Mutex<[EncodeProgress]>([])
        let options = EncodeOptions(batchTokens: 8, threads: 2) { progress in seen.withLock { $0.append(progress) } }
        _ = try ModelFixture("mean").load().encode([String](repeating: "the weather", count: 9), options: options)
        let all = seen.withLock(\.self)
        #expect(all.last?.completed == 9 && all.allSatisfy { $0.total == 9 })
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.completed < $1.completed })
    }

    @Test("Many tasks use one model at once")
    func concurrency() async throws {
        let fixture = try ModelFixture("mean")
        let model = try fixture.load()
        let expected = try await model.encode(fixture.texts)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { try await model.encode(fixture.texts) == expected } }
            for try await isEqual in group { #expect(isEqual) }
        }
    }

    @Test("Equal texts are computed once, and each has its result")
    func equalTexts() throws {
        let model = try ModelFixture("mean").load()
        let distinct = ["a", "", "the weather is lovely", "caf\u{E9}", "cafe\u{301}"]
        let texts = (0..<400).map { distinct[$0 * $0 % 5] }
        let counts = Mutex<[Int]>([])
        let options = EncodeOptions(progress: { progress in counts.withLock { $0.append(progress.completed) } })
        let (found, receipts) = try model.encodeWithReceipts(texts.map { TokenizerInput($0) }, options: options)
        let expected = try model.encode(distinct)
        for index in texts.indices { #expect(found[index] == expected[index * index % 5]) }
        #expect(receipts.count == 400 && counts.withLock { $0.last } == 400)
        // Few micro-batches hold all of them.
        #expect(counts.withLock { $0.count } <= distinct.count)
    }

    @Test("Weights that are read may be cut in place while the model is used")
    func readWeights() throws {
        let folder = try TemporaryFolder(), copy = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("models/mean"), to: copy)
        let pipeline = try ModelPipeline(
            directory: copy, kind: nil, computePrecision: .float32Highest, mapsWeights: false)
        let model = try SentenceTransformer(pipeline: pipeline)
        #expect(truncate(copy.appending(path: "model.safetensors").path, 100) == 0)
        let texts = ["the weather is lovely", "a"]
        #expect(try model.encode(texts) == ModelFixture("mean").load().encode(texts))
    }
}
