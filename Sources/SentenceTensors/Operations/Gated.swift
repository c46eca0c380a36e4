// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// activation(gate) * up, where gate is the first half of the columns and up the second, or vice versa.
    ///
    /// Shazeer, *GLU Variants Improve Transformer*, 2020, <https://arxiv.org/abs/2002.05202>.
    ///
    /// - Returns: `[rows, columns / 2]`.
    package func gated(_ activation: Activation, gateFirst: Bool = true) -> Tensor {
        precondition(columns % 2 == 0, "\(shape) has no two halves")
        let (x, width, kernels) = (detached, columns / 2, Execution.current.kernels)
        let (gateColumn, upColumn) = gateFirst ? (0, width) : (width, 0)
        let y = Tensor(shape: [rows, width]) { out in
            withExtendedLifetime(storage) {
                // Every range writes its own rows of the result.
                nonisolated(unsafe) let (y, x) = (out.baseAddress!, x.pointer)
                Parallel.forRanges(rows, grain: 64) { range in
                    for row in range {
                        let (out, input) = (y + row * width, x + 2 * row * width)
                        kernels.table.pointee.activation_f32(activation.kernel, out, input + gateColumn, width)
                        kernels.table.pointee.multiply_f32(out, out, input + upColumn, width)
                    }
                }
            }
        }
        return y.recorded(from: [node]) { [x.gatedGradient($0, activation, gateColumn, upColumn)] }
    }

    private func gatedGradient(_ dY: Tensor, _ activation: Activation, _ gateColumn: Int, _ upColumn: Int) -> Tensor {
        let (width, kernels) = (columns / 2, Execution.current.kernels.table.pointee)
        return Tensor(shape: shape) { out in
            withExtendedLifetime((storage, dY.storage)) {
                for row in 0..<rows {
                    let (input, dRow) = (pointer + 2 * row * width, dY.pointer + row * width)
                    let (gate, dInput) = (input + gateColumn, out.baseAddress! + 2 * row * width)
                    let (dGate, dUp) = (dInput + gateColumn, dInput + upColumn)
                    kernels.multiply_f32(dGate, dRow, input + upColumn, width)
                    kernels.activation_backward_f32(activation.kernel, dGate, gate, dGate, width)
                    kernels.activation_f32(activation.kernel, dUp, gate, width)
                    kernels.multiply_f32(dUp, dUp, dRow, width)
                }
            }
        }
    }

    /// The chosen rows of a table as columns: element (c, i) is element (rows[i], c) of the table.
    package func gatheredAsColumns(_ chosen: [Int]) -> Tensor {
        precondition(chosen.allSatisfy { $0 >= 0 && $0 < rows }, "rows of a table of \(rows)")
        let (table, width) = (detached, columns)
        return Tensor(shape: [width, chosen.count]) { out in
            withExtendedLifetime(table.storage) {
                for column in 0..<width {
                    for (index, row) in chosen.enumerated() {
                        out[column * chosen.count + index] = table.pointer[row * width + column]
                    }
                }
            }
        }
        .recorded(from: [node]) { gradient in
            let dTable = Tensor(shape: table.shape) { out in
                out.initialize(repeating: 0)
                withExtendedLifetime(gradient.storage) {
                    for column in 0..<width {
                        for (index, row) in chosen.enumerated() {
                            out[row * width + column] += gradient.pointer[column * chosen.count + index]
                        }
                    }
                }
            }
            return [dTable]
        }
    }
}
