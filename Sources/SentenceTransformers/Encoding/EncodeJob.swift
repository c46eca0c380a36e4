// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTokenizers
import Synchronization

/// One call of an encode function: texts to tokens, tokens to micro-batches, micro-batches to results.
struct EncodeJob: Sendable {
    private let computation: EncodeComputation
    private let route: ModelRoute
    private let longCall = LongCall.current
    private let prompt: String
    private let call: ForwardCall
    private let maximumLength: Int?
    private let execution: Execution
    private let prefixCache: PrefixCache?

    /// How many texts are tokenised before computing begins; bounds the memory for tokens.
    private static let windowSize = 1 << 14
    /// How many texts one thread tokenises at a time.
    private static let tokenizationGrain = 64

    /// A call with the given options.
    ///
    /// - Parameters:
    ///   - pipeline: The model.
    ///   - options: The options of the call.
    ///   - result: What is read of the features.
    ///   - maximumActiveDimensions: The number of largest dimensions to keep of a sparse embedding.
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` for options out of range.
    init(
        _ pipeline: ModelPipeline, _ options: some CallOptions, reading result: ForwardCall.Result,
        maximumActiveDimensions: Int? = nil
    ) throws {
        try SentenceTransformersError.requirePositive(options.batchTokens, "batchTokens")
        try SentenceTransformersError.requirePositive(options.threads, "threads")
        try SentenceTransformersError.requirePositive(options.maximumSequenceLength, "maximumSequenceLength")
        computation = options.computation
        let request = options.request
        route = try pipeline.route(for: request.task)
        prompt = try pipeline.prompt(for: request)
        // The reference truncates the prompt as it does a text without a task.
        let promptLimit = route.input.maximumLength(request.maximumSequenceLength, for: nil)
        call = ForwardCall(
            task: request.task,
            promptLength: prompt.isEmpty ? 0 : try route.input.promptLength(prompt, maximumLength: promptLimit),
            maximumActiveDimensions: maximumActiveDimensions, result: result)
        maximumLength = route.input.maximumLength(request.maximumSequenceLength, for: request.task)
        prefixCache = pipeline.prefixCache
        execution = Execution(
            kernels: pipeline.kernels, precision: pipeline.computePrecision.precision,
            threads: min(computation.threads ?? .max, Parallel.availableThreads))
    }

    /// Computes all texts and passes the features of each micro-batch to `collect`, with the placement of their
    /// results.
    ///
    /// Equal texts are computed once, and so are the tokens that texts of a causal model begin with. Texts are sorted by
    /// length, longest first, so that a micro-batch holds texts of similar length.
    /// - Returns: For each text, how much of it was encoded.
    @discardableResult
    func run(
        _ inputs: [TokenizerInput], collect: @escaping @Sendable (Features, Placement) -> Void
    ) throws -> [TruncationReceipt] {
        let receipts = ResultList<TruncationReceipt>(count: inputs.count)
        let completed = Mutex(0)
        let distinct = DistinctInputs(inputs)
        try execution {
            for start in stride(from: 0, to: distinct.count, by: Self.windowSize) {
                let read = try read(distinct, start..<min(start + Self.windowSize, distinct.count))
                let prefixes = try SharedPrefixes(read, route, call, keeping: prefixCache, longCall)
                let batches = microBatches(of: read, prefixes)
                try Parallel.forEach(
                    batches.count,
                    throwing: { index in
                        try longCall.check()
                        let batch = batches[index]
                        var features = Features(read.selecting(batch), call)
                        features.prefixes = prefixes.of(batch)
                        try route(&features)
                        let placement = Placement(batch.map { distinct.indices(start + $0) })
                        collect(features, placement)
                        for (text, index) in placement.pairs { receipts[index] = read.receipt(batch[text]) }
                        completed.withLock { completed in
                            completed += placement.indices.count
                            longCall.add(inputs: placement.indices.count)
                            computation.progress?(EncodeProgress(completed: completed, total: inputs.count))
                        }
                    })
            }
        }
        return receipts.all
    }

    /// The tokens of the distinct inputs with the given places.
    private func read(_ distinct: DistinctInputs, _ places: Range<Int>) throws -> InputBatch {
        let grain = Self.tokenizationGrain
        let partCount = (places.count + grain - 1) / grain
        let parts = ResultList<InputBatch>(count: partCount)
        try Parallel.forEach(
            partCount,
            throwing: { part in
                try longCall.check()
                let first = places.lowerBound + part * grain
                let range = first..<min(first + grain, places.upperBound)
                do {
                    parts[part] = try read(distinct[range])
                } catch let error as any InputFailure {
                    throw located(error, range, distinct)
                }
            })
        return .joined(parts.all)
    }

    private func read(_ inputs: [TokenizerInput]) throws -> InputBatch {
        .tokens(try route.input.tokenize(inputs, prompt: prompt, maximumLength: maximumLength, task: call.task))
    }

    /// The error for a range of texts, with the index of the first text that fails when it is read alone.
    private func located(_ error: any InputFailure, _ range: Range<Int>, _ distinct: DistinctInputs) -> any Error {
        guard distinct.callCount > 1 else { return error }
        for place in range {
            do { _ = try read(distinct[place..<place + 1]) } catch var error as any InputFailure {
                error.inputIndex = distinct.indices(place)[0]
                return error
            } catch {
                return error
            }
        }
        return error
    }

    /// The indices of the texts of each micro-batch.
    private func microBatches(of batch: InputBatch, _ prefixes: SharedPrefixes) -> [[Int]] {
        let lengths = (0..<batch.count).map { prefixes.work($0, length: batch.length(of: $0)) }
        // Smaller batches, so that no thread is idle while another has several texts.
        let fairShare = (lengths.reduce(0, +) + execution.threads - 1) / execution.threads
        return MicroBatches.cut(lengths, budget: min(computation.batchTokens, max(fairShare, 1)))
    }
}
