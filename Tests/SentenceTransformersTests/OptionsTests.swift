// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Options of each kind of model")
struct OptionsTests {
    @Test("Initialisers and properties reach the same request and computation")
    func forwarding() {
        let request = EncodeRequest(task: .query, promptName: "name", prompt: "text", maximumSequenceLength: 5)
        check(
            EncodeOptions(
                task: .query, promptName: "name", prompt: "text", maximumSequenceLength: 5, batchTokens: 6, threads: 7,
                progress: { _ in }), request)
        check(
            SparseEncodeOptions(
                task: .query, promptName: "name", prompt: "text", maximumSequenceLength: 5, batchTokens: 6, threads: 7,
                progress: { _ in }), request)
        check(
            MultiVectorEncodeOptions(
                task: .query, promptName: "name", prompt: "text", maximumSequenceLength: 5, batchTokens: 6, threads: 7,
                progress: { _ in }), request)
        check(
            PredictOptions(
                promptName: "name", prompt: "text", maximumSequenceLength: 5, batchTokens: 6, threads: 7,
                progress: { _ in }),
            EncodeRequest(promptName: "name", prompt: "text", maximumSequenceLength: 5))
        var options = EncodeOptions(normalizeEmbeddings: true, truncateDimension: 64, threads: 2)
        options.task = .document
        #expect(options.request == EncodeRequest(task: .document) && options.computation.threads == 2)
        #expect(options.normalizeEmbeddings && options.truncateDimension == 64)
    }

    /// The options are those of the request, and what is assigned to their properties is read there again.
    private func check(_ given: some CallOptions, _ request: EncodeRequest) {
        var options = given
        #expect(options.request == request)
        #expect((options.computation.batchTokens, options.computation.threads) == (6, 7))
        #expect(options.computation.progress != nil)
        options.promptName = "other"
        options.prompt = nil
        options.maximumSequenceLength = 1
        options.batchTokens = 2
        options.threads = nil
        options.progress = nil
        #expect((options.promptName, options.prompt, options.maximumSequenceLength) == ("other", nil, 1))
        #expect((options.batchTokens, options.threads) == (2, nil) && options.progress == nil)
        #expect(options.request.task == request.task)
    }

    @Test("Numbers out of range are refused by every kind")
    func ranges() throws {
        let sparse = try SparseFixture("sum").load(), vectors = try MultiVectorFixture("keeping").load()
        let pairs = try CrossEncoderFixture("bert").load()
        let errors = [
            errorText { try sparse.encode("a", options: .init(maximumActiveDimensions: 0)) },
            errorText { try vectors.encode("a", options: .init(batchTokens: 0)) },
            errorText { try pairs.predict("a", "b", options: .init(maximumSequenceLength: -2)) },
        ]
        #expect(
            errors == [
                "maximumActiveDimensions is 0; expected a positive number",
                "batchTokens is 0; expected a positive number",
                "maximumSequenceLength is -2; expected a positive number",
            ])
    }
}
