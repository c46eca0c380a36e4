// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The results of inputs that come one by one, in their order.
///
/// Inputs are computed a window at a time, away from the threads of Swift's cooperative pool, and only when their
/// results are asked for: what is in memory is one window, however many inputs there are. A cancelled task stops
/// between micro-batches.
public struct WindowedResults<Inputs: AsyncSequence, Result: Sendable>: AsyncSequence where Inputs.Element: Sendable {
    /// One result for each input.
    public typealias Element = Result
    /// What the inputs and the computation throw.
    public typealias Failure = any Error

    private let inputs: Inputs
    private let windowSize: Int
    private let compute: @Sendable ([Inputs.Element]) throws -> [Result]

    /// Takes the inputs, and what gives one result for each, and blocks while it does.
    init(_ inputs: Inputs, windowSize: Int, _ compute: @escaping @Sendable ([Inputs.Element]) throws -> [Result]) {
        self.inputs = inputs
        self.windowSize = windowSize
        self.compute = compute
    }

    /// Begins to read the inputs.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(inputs: inputs.makeAsyncIterator(), windowSize: windowSize, compute: compute)
    }

    /// Reads inputs, and gives their results.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var inputs: Inputs.AsyncIterator
        fileprivate let windowSize: Int
        fileprivate let compute: @Sendable ([Inputs.Element]) throws -> [Result]
        /// The results of the last window that nobody has taken yet.
        private var ready: ArraySlice<Result> = []
        /// The inputs that have been taken.
        private var taken = 0
        /// How the inputs ended, if they did.
        private var ending: Swift.Result<Void, any Error>?

        fileprivate init(
            inputs: Inputs.AsyncIterator, windowSize: Int,
            compute: @escaping @Sendable ([Inputs.Element]) throws -> [Result]
        ) {
            self.inputs = inputs
            self.windowSize = windowSize
            self.compute = compute
        }

        /// The result of the next input, nil after the last.
        ///
        /// - Throws: What the inputs and the computation throw, once; then there are no more results.
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

        /// Inputs up to a window of them; what they end with is kept for after their results.
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
