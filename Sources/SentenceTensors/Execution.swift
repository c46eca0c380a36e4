// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How operations run: with which kernels, how exactly, on how many threads, and whether they can be differentiated.
///
/// Bound to the current task or thread, so models and operations need not pass it along.
package struct Execution: Sendable {
    /// The kernels that operations call.
    package var kernels: KernelSet
    /// How exactly attention computes, and how exactly layers created now will compute.
    package var precision: Precision
    /// The number of threads that an operation may use, at least 1.
    package var threads: Int
    /// Whether operations on parameters record what is needed to compute gradients.
    package var recordsGradients: Bool
    /// The parameters that gradients are recorded for; nil for all.
    ///
    /// Of others no gradient is computed, and nothing that only it would need is kept.
    var learning: Set<ObjectIdentifier>?
    /// Whether the forward pass is for inference or for training.
    package var mode: Mode
    /// Whether the thread has its turn to compute, in which everything that it calls runs too.
    var hasTurn = false

    /// What a forward pass is for.
    package enum Mode: Sendable, Hashable {
        /// Nothing is dropped.
        case inference
        /// Dropout is on: some results are left out at random, so that the model does not rely on single ones.
        ///
        /// The probability replaces those of the model, if there is one.
        case training(RandomStream, dropout: Float? = nil)
    }

    /// An execution with the given settings; `threads` is raised to at least 1.
    package init(
        kernels: KernelSet = .best, precision: Precision = .float32Highest, threads: Int = 1,
        recordsGradients: Bool = false, mode: Mode = .inference
    ) {
        self.kernels = kernels
        self.precision = precision
        self.threads = max(1, threads)
        self.recordsGradients = recordsGradients
        self.mode = mode
    }

    /// The execution of the current task.
    @TaskLocal package static var current = Execution()

    /// Runs `body` with the settings of this execution; a thread that has its turn keeps it.
    package func callAsFunction<R>(_ body: () throws -> R) rethrows -> R {
        var execution = self
        execution.hasTurn = Self.current.hasTurn
        return try Self.$current.withValue(execution, operation: body)
    }

    /// Runs `body` with some of the current settings changed.
    package static func with<R>(
        kernels: KernelSet? = nil, precision: Precision? = nil, threads: Int? = nil, recordsGradients: Bool? = nil,
        mode: Mode? = nil, _ body: () throws -> R
    ) rethrows -> R {
        var execution = current
        if let kernels { execution.kernels = kernels }
        if let precision { execution.precision = precision }
        if let threads { execution.threads = max(1, threads) }
        if let recordsGradients { execution.recordsGradients = recordsGradients }
        if let mode { execution.mode = mode }
        return try $current.withValue(execution, operation: body)
    }

    /// Runs `body` with the settings of this execution, recording gradients only for the given parameters.
    package func learning<R>(_ parameters: [Parameter], _ body: () throws -> R) rethrows -> R {
        var execution = self
        execution.learning = Set(parameters.map(\.identity))
        return try execution(body)
    }

    /// Runs `body` with the random stream of `place` within the current one; in inference there is none.
    package static func at<R>(place: Int, _ body: () throws -> R) rethrows -> R {
        guard case .training(let random, let dropout) = current.mode else { return try body() }
        return try with(mode: .training(random.at(place), dropout: dropout), body)
    }

    /// The random numbers and the probability with which a part of a model leaves numbers out; nil if it leaves none
    /// out.
    package func dropout(_ probability: Float) -> (stream: RandomStream, probability: Float)? {
        guard case .training(let stream, let replacement) = mode, case let probability = replacement ?? probability,
            probability > 0
        else { return nil }
        return (stream, probability)
    }
}
