// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Gradient {
    /// The elements that are summed in float32 before a float64 sum takes over; fixed, so that threads change no bits.
    private static let block = 1 << 14

    /// The sum of the squares of all elements.
    package var sumOfSquares: Double {
        let kernels = Execution.current.kernels, values = values
        let blocks = (values.count + Self.block - 1) / Self.block
        let sums = Tensor(shape: [max(1, blocks)]) { out in
            out.initialize(repeating: 0)
            withExtendedLifetime(values.storage) {
                // Every block writes its own sum.
                nonisolated(unsafe) let (out, x) = (out.baseAddress!, values.pointer)
                Parallel.forRanges(blocks, grain: 8) { range in
                    for block in range {
                        let start = block * Self.block, count = min(Self.block, values.count - start)
                        out[block] = kernels.table.pointee.dot_f32(x + start, x + start, count)
                    }
                }
            }
        }
        return sums.floats.reduce(0) { $0 + Double($1) }
    }
}
