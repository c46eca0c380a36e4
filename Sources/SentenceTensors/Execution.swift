// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How operations run: with which kernels, how exactly, on how many threads, and whether they can be differentiated.
///
/// Bound to the current task or thread, so that models and operations need not pass it on.
package struct Execution: Sendable {
    /// The kernels that operations call.
    package var kernels: KernelSet
    /// How exactly attention computes, and layers that are made now.
    package var precision: Precision
    /// The number of threads that an operation may occupy, at least 1.
    package var threads: Int
    /// Whether operations on parameters record what their gradients need.
    package var recordsGradients: Bool

    package init(
        kernels: KernelSet = .best, precision: Precision = .float32Highest, threads: Int = 1,
        recordsGradients: Bool = false
    ) {
        self.kernels = kernels
        self.precision = precision
        self.threads = max(1, threads)
        self.recordsGradients = recordsGradients
    }

    /// The execution that the caller is in.
    @TaskLocal package static var current = Execution()

    /// Runs `body` with some of the current settings changed.
    package static func with<R>(
        kernels: KernelSet? = nil, precision: Precision? = nil, threads: Int? = nil, recordsGradients: Bool? = nil,
        _ body: () throws -> R
    ) rethrows -> R {
        var execution = current
        if let kernels { execution.kernels = kernels }
        if let precision { execution.precision = precision }
        if let threads { execution.threads = max(1, threads) }
        if let recordsGradients { execution.recordsGradients = recordsGradients }
        return try $current.withValue(execution, operation: body)
    }
}
