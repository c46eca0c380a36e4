// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// Reorders queries, keys and values that are stored head by head into all queries, all keys and all values, and adds
/// biases to queries and values.
package struct HeadSeparation: Sendable, Trainable {
    private let heads: Int
    private var queryBias: Parameter
    private var valueBias: Parameter
    /// The biases of the three parts, with zeros for the keys: `[3 * heads * headSize]`.
    private var bias: Tensor

    /// A reordering for the given number of heads.
    ///
    /// - Parameters:
    ///   - heads: The number of heads.
    ///   - queryBias: `[heads * headSize]`.
    ///   - valueBias: `[heads * headSize]`.
    package init(heads: Int, queryBias: Parameter, valueBias: Parameter) {
        let width = queryBias.tensor.count
        precondition(
            valueBias.tensor.count == width && width % heads == 0,
            "biases \(queryBias.tensor.shape) and \(valueBias.tensor.shape) of \(heads) heads")
        self.heads = heads
        self.queryBias = queryBias
        self.valueBias = valueBias
        bias = Self.joined(queryBias, valueBias)
    }

    private static func joined(_ queryBias: Parameter, _ valueBias: Parameter) -> Tensor {
        let none = Array<Float>(repeating: 0, count: queryBias.tensor.count)
        let elements = queryBias.tensor.float32().floats + none + valueBias.tensor.float32().floats
        return Tensor(elements, shape: [elements.count])
    }

    /// Takes new values, and joins the biases again if they change.
    package mutating func update(_ values: ParameterValues) {
        queryBias.update(values)
        valueBias.update(values)
        bias = Self.joined(queryBias, valueBias)
    }

    /// Reorders and adds the biases.
    ///
    /// - Parameter x: `[rows, heads * 3 * headSize]`.
    /// - Returns: `[rows, 3 * heads * headSize]`.
    package func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(x.columns == bias.count, "\(x.shape) is not 3 × \(heads) heads")
        let y = moving(x) { kernels, from, to, beside, apart, size in
            kernels.add_f32(to + apart, from + beside, bias.pointer + apart, size)
        }
        return y.recorded(from: [x.node, queryBias.node, valueBias.node]) { dY in
            let dX = moving(dY) { _, from, to, beside, apart, size in
                (to + beside).update(from: from + apart, count: size)
            }
            let sums = dY.columnSums(), width = bias.count / 3
            return [dX, sums.elements(0..<width), sums.elements(2 * width..<3 * width)]
        }
    }

    /// A tensor of the same shape that `body` writes, one part of one head of one row at a time.
    ///
    /// It gets the source row, the row to write, the first column of the part when stored head by head and when
    /// separated, and the part's size.
    private func moving(
        _ x: Tensor,
        _ body:
            @escaping @Sendable (sk_kernels, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int, Int) -> Void
    ) -> Tensor {
        let (heads, columns) = (heads, x.columns), size = columns / 3 / heads
        return withExtendedLifetime((x.storage, bias.storage)) {
            nonisolated(unsafe) let source = x.pointer
            return Tensor.makingRows(x.rows, columns: columns) { kernels, out, row in
                for block in 0..<3 * heads {
                    let (head, part) = block.quotientAndRemainder(dividingBy: 3)
                    body(kernels, source + row * columns, out, block * size, (part * heads + head) * size, size)
                }
            }
        }
    }
}
