// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// Queries, keys and values that stand beside each other head by head, brought apart into all queries, all keys and all
/// values, with biases added to queries and values.
package struct HeadSeparation: Sendable {
    private let heads: Int
    private let queryBias: Parameter
    private let valueBias: Parameter
    /// The biases of the three parts, zeros of the keys, `[3 * heads * headSize]`.
    private let bias: Tensor

    /// - Parameters:
    ///   - heads: The number of heads.
    ///   - queryBias: `[heads * headSize]`.
    ///   - valueBias: `[heads * headSize]`.
    package init(heads: Int, queryBias: Parameter, valueBias: Parameter) {
        precondition(
            queryBias.tensor.count == valueBias.tensor.count && queryBias.tensor.count % heads == 0,
            "biases \(queryBias.tensor.shape) and \(valueBias.tensor.shape) of \(heads) heads")
        self.heads = heads
        self.queryBias = queryBias
        self.valueBias = valueBias
        let width = queryBias.tensor.count
        bias = Tensor(
            queryBias.tensor.float32().floats + Array(repeating: 0, count: width) + valueBias.tensor.float32().floats,
            shape: [3 * width])
    }

    /// - Parameter x: `[rows, heads * 3 * headSize]`.
    /// - Returns: `[rows, 3 * heads * headSize]`.
    package func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(x.columns == bias.count, "\(x.shape) is not 3 × \(heads) heads")
        let y = copy(x) { kernels, x, y, beside, apart, size in
            kernels.add_f32(y + apart, x + beside, bias.pointer + apart, size)
        }
        return y.recorded(from: [x.node, queryBias.node, valueBias.node]) { dY in
            let sums = columnSums(dY), width = bias.count / 3
            let dX = copy(dY) { _, dY, dX, beside, apart, size in (dX + beside).update(from: dY + apart, count: size) }
            return [
                dX, Tensor(Array(sums[..<width]), shape: [width]), Tensor(Array(sums[(2 * width)...]), shape: [width]),
            ]
        }
    }

    /// A tensor of the same shape, of which `body` writes one part of one head of one row: it gets the row as it is, the
    /// row to write, the part's first column where heads are together and where they are apart, and its size.
    private func copy(
        _ x: Tensor,
        _ body:
            @escaping @Sendable (sk_kernels, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int, Int) -> Void
    ) -> Tensor {
        let (kernels, heads, columns) = (Execution.current.kernels, heads, x.columns)
        let size = columns / 3 / heads
        return Tensor(shape: x.shape) { out in
            withExtendedLifetime((x.storage, bias.storage)) {
                // Every range writes its own rows of the result.
                nonisolated(unsafe) let (source, target) = (x.pointer, out.baseAddress!)
                Parallel.forRanges(x.rows, grain: 64) { range in
                    for row in range {
                        for head in 0..<heads {
                            for part in 0..<3 {
                                let (beside, apart) = ((3 * head + part) * size, (part * heads + head) * size)
                                let first = row * columns
                                body(kernels.table.pointee, source + first, target + first, beside, apart, size)
                            }
                        }
                    }
                }
            }
        }
    }

    private func columnSums(_ dY: Tensor) -> [Float] {
        let kernels = Execution.current.kernels.table.pointee
        return Tensor(shape: [dY.columns]) { out in
            out.initialize(repeating: 0)
            withExtendedLifetime(dY.storage) {
                for row in 0..<dY.rows {
                    kernels.add_f32(out.baseAddress!, out.baseAddress!, dY.pointer + row * dY.columns, dY.columns)
                }
            }
        }.floats
    }
}
