// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// A matrix whose rows `body` writes; it gets a row and its index.
    static func makingRows(
        _ rows: Int, columns: Int, _ body: @escaping @Sendable (sk_kernels, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Tensor {
        let kernels = Execution.current.kernels
        return Tensor(shape: [rows, columns]) { out in
            // Every range writes only its own rows of the result.
            nonisolated(unsafe) let y = out.baseAddress!
            Parallel.forRanges(rows, grain: 64) { range in
                for row in range { body(kernels.table.pointee, y + row * columns, row) }
            }
        }
    }

    /// A copy whose rows `body` changes in place; it gets a row and its index.
    func rewritingRows(
        _ body: @escaping @Sendable (sk_kernels, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Tensor {
        withExtendedLifetime(storage) {
            let columns = columns
            nonisolated(unsafe) let x = pointer
            return Tensor.makingRows(rows, columns: columns) { kernels, y, row in
                y.update(from: x + row * columns, count: columns)
                body(kernels, y, row)
            }
            .reshaped(shape)
        }
    }

    /// The columns that one thread sums at least.
    private static let columnGrain = 128

    /// The sum of every column, `[columns]`.
    package func columnSums() -> Tensor {
        let kernels = Execution.current.kernels, (rows, columns) = (rows, columns)
        return Tensor(shape: [columns]) { out in
            out.initialize(repeating: 0)
            withExtendedLifetime(storage) {
                // Every range sums its own columns, from the first row on.
                nonisolated(unsafe) let (sums, x) = (out.baseAddress!, pointer)
                Parallel.forRanges(columns, grain: Self.columnGrain) { range in
                    let first = range.lowerBound
                    for row in 0..<rows {
                        kernels.table.pointee.add_f32(
                            sums + first, sums + first, x + row * columns + first, range.count)
                    }
                }
            }
        }
    }

    /// Elements of a vector, as a view.
    func elements(_ range: Range<Int>) -> Tensor {
        Tensor(
            storage: storage, byteOffset: byteOffset + range.lowerBound * elementType.byteCount, shape: [range.count],
            elementType: elementType)
    }

    /// Rows of a matrix, as a view.
    package func rowRange(_ range: Range<Int>) -> Tensor {
        let (shape, columns) = (shape, columns)
        let view = Tensor(
            storage: storage, byteOffset: byteOffset + range.lowerBound * columns * elementType.byteCount,
            shape: [range.count, columns], elementType: elementType)
        return view.recorded(from: [node]) { gradient in
            [
                Tensor(shape: shape) { out in
                    out.initialize(repeating: 0)
                    guard !range.isEmpty, let start = out.baseAddress else { return }
                    withExtendedLifetime(gradient.storage) {
                        (start + range.lowerBound * columns).update(from: gradient.pointer, count: gradient.count)
                    }
                }
            ]
        }
    }

    /// Matrices of the same width stacked on top of each other, as float32.
    static func stacked(_ parts: [Tensor]) -> Tensor {
        let rows = parts.reduce(0) { $0 + $1.rows }
        return Tensor(shape: [rows, parts.first?.columns ?? 0]) { out in
            var next = out[...]
            for part in parts {
                let part = part.float32()
                withExtendedLifetime(part.storage) {
                    let elements = UnsafeBufferPointer(start: part.pointer, count: part.count)
                    next = next[next.update(fromContentsOf: elements)...]
                }
            }
        }
    }
}
