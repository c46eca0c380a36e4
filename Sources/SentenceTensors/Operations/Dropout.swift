// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// Which numbers a dropout leaves out.
struct DropoutMask: Sendable {
    private let random: sk_random
    private let bound: UInt32
    private let scale: Float

    /// The smallest piece of work in groups of 64 numbers for which another thread pays off.
    private static let groupGrain = 256
    /// The numbers of a group, whose random words are computed together.
    static let groupSize = 64

    /// Leaves numbers out with a probability below 1.
    init(_ stream: RandomStream, _ probability: Float) {
        random = stream.kernelArgument
        // A number is kept if its random word is at or above the bound.
        bound = UInt32(clamping: UInt64((Double(probability) * 4_294_967_296).rounded()))
        scale = 1 / (1 - probability)
    }

    /// The numbers that are kept, scaled up, and zero for the others.
    func callAsFunction(_ x: Tensor) -> Tensor {
        let kernels = Execution.current.kernels
        let groups = (x.count + Self.groupSize - 1) / Self.groupSize
        return Tensor(shape: x.shape) { out in
            withExtendedLifetime(x.storage) {
                // Every range writes its own part of the result.
                nonisolated(unsafe) let (y, x0) = (out.baseAddress!, x.pointer)
                Parallel.forRanges(groups, grain: Self.groupGrain) { range in
                    let first = range.lowerBound * Self.groupSize
                    let count = min(range.upperBound * Self.groupSize, x.count) - first
                    apply(y + first, x0 + first, count, group: range.lowerBound, kernels.table.pointee)
                }
            }
        }
    }

    /// Writes some numbers, the first of which begins a group.
    func apply(
        _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ count: Int, group: Int, _ kernels: sk_kernels
    ) {
        withUnsafePointer(to: random) {
            kernels.dropout_f32(y, x, count, $0, UInt32(truncatingIfNeeded: group), bound, scale)
        }
    }
}

extension Tensor {
    /// Sets elements to zero with a probability and scales up the others; in inference returns the tensor unchanged.
    ///
    /// The backward pass draws the same random numbers again, so that none are kept.
    ///
    /// Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*, 2014,
    /// <https://jmlr.org/papers/v15/srivastava14a.html>.
    ///
    /// - Parameters:
    ///   - probability: From 0 to 1.
    ///   - place: Distinguishes several dropouts within one module or layer.
    /// - Returns: The same shape.
    package func dropout(_ probability: Float, place: Int = 0) -> Tensor {
        guard case .training(let stream) = Execution.current.mode, probability > 0 else { return self }
        guard probability < 1 else { return 0 * self }
        let mask = DropoutMask(stream.at(place), probability)
        return mask(detached).recorded(from: [node]) { [mask($0)] }
    }
}
