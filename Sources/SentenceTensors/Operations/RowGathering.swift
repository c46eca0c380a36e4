// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// Some rows, in any order and with repetitions.
    ///
    /// - Parameter chosen: The indices of the rows; nil for a row of zeros.
    /// - Returns: `[chosen, columns]`.
    package func gatheringRows(_ chosen: [Int?]) -> Tensor {
        precondition(chosen.allSatisfy { $0.map { 0..<rows ~= $0 } ?? true }, "rows \(chosen) of \(shape)")
        let (x, size) = (detached, columns)
        let out = Tensor(shape: [chosen.count, size]) { out in
            withExtendedLifetime(x.storage) {
                for (target, row) in chosen.enumerated() {
                    let target = out.baseAddress! + target * size
                    if let row {
                        target.initialize(from: x.pointer + row * size, count: size)
                    } else {
                        target.initialize(repeating: 0, count: size)
                    }
                }
            }
        }
        let kernels = Execution.current.kernels
        return out.recorded(from: [node]) { gradient in
            [
                Tensor(shape: x.shape) { dX in
                    dX.initialize(repeating: 0)
                    withExtendedLifetime(gradient.storage) {
                        for case (let source, let row?) in chosen.enumerated() {
                            let target = dX.baseAddress! + row * size
                            kernels.table.pointee.add_f32(target, target, gradient.pointer + source * size, size)
                        }
                    }
                }
            ]
        }
    }

    /// Matrices of the same width, stacked on top of each other.
    package static func above(_ parts: [Tensor]) -> Tensor {
        var first = 0
        let ranges = parts.map { part in
            defer { first += part.rows }
            return first..<first + part.rows
        }
        return stacked(parts).recorded(from: parts.map(\.node)) { gradient in ranges.map { gradient.rowRange($0) } }
    }
}
