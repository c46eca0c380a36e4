// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// exp(x) / sum(exp(x)) over the last dimension, which must not be empty.
    package func softmax() -> Tensor {
        let y = softmaxAndLogSums().softmax
        return y.recorded(from: [node]) { dY in
            // dX = Y (dY - rowsum(dY Y))
            let sums = (dY * y).rowSums()
            return [y * dY.adding(-1, toRows: sums)]
        }
    }

    /// x - log(sum(exp(x))) over the last dimension, which must not be empty.
    package func logSoftmax() -> Tensor {
        let (softmax, logSums) = softmaxAndLogSums()
        return adding(-1, toRows: logSums.floats).recorded(from: [node]) { dY in
            // dX = dY - softmax(X) rowsum(dY)
            [dY + softmax.scalingRows(by: dY.rowSums().map { -$0 })]
        }
    }

    /// log(sum(exp(x))) over the last dimension, which must not be empty; `[rows]`.
    package func logSumExp() -> Tensor {
        let (softmax, logSums) = softmaxAndLogSums()
        return logSums.recorded(from: [node]) { gradient in
            [softmax * Tensor.zeros(softmax.shape).adding(1, toRows: gradient.floats)]
        }
    }

    private func softmaxAndLogSums() -> (softmax: Tensor, logSums: Tensor) {
        precondition(columns > 0, "softmax of rows without elements")
        let kernels = Execution.current.kernels.table.pointee
        var logSums = [Float](repeating: 0, count: rows)
        let softmax = Tensor(shape: shape) { out in
            withExtendedLifetime(storage) {
                for row in 0..<rows {
                    logSums[row] = kernels.softmax_f32(
                        out.baseAddress! + row * columns, pointer + row * columns, columns)
                }
            }
        }
        return (softmax, Tensor(logSums, shape: [rows]))
    }

    /// The sum of each row.
    private func rowSums() -> [Float] {
        let (kernels, ones) = (Execution.current.kernels.table.pointee, [Float](repeating: 1, count: columns))
        return withExtendedLifetime(storage) {
            (0..<rows).map { kernels.dot_f32(pointer + $0 * columns, ones, columns) }
        }
    }

    /// Adds to all elements of each row `scale` times one number.
    private func adding(_ scale: Float, toRows numbers: [Float]) -> Tensor {
        Tensor(shape: shape) { out in
            withExtendedLifetime(storage) {
                for row in 0..<rows {
                    for index in row * columns..<(row + 1) * columns {
                        out[index] = pointer[index] + scale * numbers[row]
                    }
                }
            }
        }
    }
}
