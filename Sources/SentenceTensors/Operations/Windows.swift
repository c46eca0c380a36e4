// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// Every token beside its neighbours: `reach` tokens before it, itself, and `reach` after it, or zeros.
    ///
    /// The tensor is `[totalTokens, size]`.
    /// - Returns: `[totalTokens, (2 * reach + 1) * size]`.
    package func windows(_ texts: TextOffsets, reach: Int) -> Tensor {
        precondition(rows == texts.totalTokens, "\(shape) has not the \(texts.totalTokens) tokens of the texts")
        let x = detached
        let out = Tensor(shape: [rows, (2 * reach + 1) * columns]) { out in
            out.initialize(repeating: 0)
            withExtendedLifetime(storage) {
                x.forEachNeighbour(texts, reach) { token, neighbour, place in
                    let target = out.baseAddress! + (token * (2 * reach + 1) + place) * columns
                    target.update(from: pointer + neighbour * columns, count: columns)
                }
            }
        }
        return out.recorded(from: [node]) { gradient in
            let kernels = Execution.current.kernels.table.pointee
            return [
                Tensor(shape: x.shape) { out in
                    out.initialize(repeating: 0)
                    withExtendedLifetime(gradient.storage) {
                        x.forEachNeighbour(texts, reach) { token, neighbour, place in
                            let source = gradient.pointer + (token * (2 * reach + 1) + place) * x.columns
                            kernels.axpy_f32(out.baseAddress! + neighbour * x.columns, 1, source, x.columns)
                        }
                    }
                }
            ]
        }
    }

    private func forEachNeighbour(_ texts: TextOffsets, _ reach: Int, _ body: (Int, Int, Int) -> Void) {
        for text in 0..<texts.count {
            for token in texts[text] {
                for place in 0..<(2 * reach + 1) where texts[text].contains(token + place - reach) {
                    body(token, token + place - reach, place)
                }
            }
        }
    }
}
