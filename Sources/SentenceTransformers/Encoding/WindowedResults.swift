// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The results of a stream of inputs, in their order.
///
/// Inputs are computed a window at a time, outside Swift's cooperative thread pool, and only when their results are
/// requested: memory holds one window, however many inputs there are. If the task is cancelled, the computation stops
/// between micro-batches.
public struct WindowedResults<Inputs: AsyncSequence, Result: Sendable>: AsyncSequence where Inputs.Element: Sendable {
    /// One result for each input.
    public typealias Element = Result
    /// Any error of the inputs or the computation.
    public typealias Failure = any Error

    private let inputs: Inputs
    private let windowSize: Int
    private let compute: @Sendable ([Inputs.Element]) throws -> [Result]

    /// Creates the sequence from the inputs and a blocking function that returns one result for each input of a window.
    init(_ inputs: Inputs, windowSize: Int, _ compute: @escaping @Sendable ([Inputs.Element]) throws -> [Result]) {
        self.inputs = inputs
        self.windowSize = windowSize
        self.compute = compute
    }

    /// An iterator over the results.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(inputs: inputs.makeAsyncIterator(), windowSize: windowSize, compute: compute)
    }

    /// Reads inputs a window at a time and returns their results one by one.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var inputs: Inputs.AsyncIterator
        fileprivate let windowSize: Int
        fileprivate let compute: @Sendable ([Inputs.Element]) throws -> [Result]
        /// The results of the last window that have not been returned yet.
        private var ready: ArraySlice<Result> = []
        /// The number of inputs read so far.
        private var taken = 0
        /// How the inputs ended; nil if they have not ended.
        private var ending: Swift.Result<Void, any Error>?

        fileprivate init(
            inputs: Inputs.AsyncIterator, windowSize: Int,
            compute: @escaping @Sendable ([Inputs.Element]) throws -> [Result]
        ) {
            self.inputs = inputs
            self.windowSize = windowSize
            self.compute = compute
        }

        /// The result of the next input; nil after the last one.
        ///
        /// - Throws: An error of the inputs or the computation, once; after that the result is nil.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Result? {
            if let result = ready.popFirst() { return result }
            if ending == nil {
                do {
                    let window = try await nextWindow(isolation: actor)
                    let (compute, first) = (compute, taken)
                    taken += window.count
                    if !window.isEmpty {
                        ready = try await Blocking.run { try withInputs(from: first) { try compute(window) } }[...]
                    }
                } catch {
                    ending = .failure(error)
                }
            }
            if let result = ready.popFirst() { return result }
            defer { ending = .success(()) }
            try ending?.get()
            return nil
        }

        /// The inputs of the next window; an error at their end is kept until their results have been returned.
        private mutating func nextWindow(isolation actor: isolated (any Actor)?) async throws -> [Inputs.Element] {
            try SentenceTransformersError.requirePositive(windowSize, "windowSize")
            var window: [Inputs.Element] = []
            do {
                while window.count < windowSize {
                    try Task.checkCancellation()
                    guard let input = try await inputs.next(isolation: actor) else {
                        ending = .success(())
                        break
                    }
                    window.append(input)
                }
            } catch {
                ending = .failure(error)
            }
            return window
        }
    }
}
