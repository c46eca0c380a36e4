// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// Which numbers a dropout leaves out.
struct DropoutMask: Sendable {
    /// The mask as the kernels take it.
    let argument: sk_dropout

    /// The smallest piece of work in groups of 64 numbers for which another thread pays off.
    private static let groupGrain = 256
    /// The numbers of a group, whose random words are computed together.
    static let groupSize = 64

    /// Leaves numbers out with a probability of 0 to 1.
    init(_ stream: RandomStream, _ probability: Float) {
        argument = sk_dropout(
            random: stream.kernelArgument,
            bound: UInt32(clamping: UInt64((Double(probability) * 4_294_967_296).rounded())),
            scale: probability < 1 ? 1 / (1 - probability) : 0)
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
                    withUnsafePointer(to: argument) {
                        kernels.table.pointee.dropout_f32(
                            y + first, x0 + first, count, $0, UInt32(truncatingIfNeeded: range.lowerBound))
                    }
                }
            }
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
        guard let (stream, probability) = Execution.current.dropout(probability) else { return self }
        guard probability < 1 else { return 0 * self }
        let mask = DropoutMask(stream.at(place), probability)
        return mask(detached).recorded(from: [node]) { [mask($0)] }
    }
}
