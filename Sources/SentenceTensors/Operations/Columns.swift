// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// Swaps the last two of three dimensions: `[a, b, c]` becomes `[a, c, b]`.
    package func transposingLastTwo() -> Tensor {
        precondition(shape.count == 3, "\(shape) has not three dimensions")
        let (count, height, width) = (shape[0], shape[1], shape[2])
        let source = floats
        let exchanged = Tensor(shape: [count, width, height]) { out in
            for matrix in 0..<count {
                for row in 0..<height {
                    for column in 0..<width {
                        out[(matrix * width + column) * height + row] = source[(matrix * height + row) * width + column]
                    }
                }
            }
        }
        return exchanged.recorded(from: [node]) { [$0.reshaped([count, width, height]).transposingLastTwo()] }
    }

    /// The transpose of a matrix; has no gradient.
    package func transposedMatrix() -> Tensor {
        refuseGradient(of: "transposedMatrix")
        let (rows, columns) = (rows, columns)
        // Tiles of a cache line in both directions.
        let tile = 16
        return Tensor(shape: [columns, rows]) { out in
            withExtendedLifetime(storage) {
                // Every range writes its own rows.
                nonisolated(unsafe) let (target, source) = (out.baseAddress!, pointer)
                Parallel.forRanges((columns + tile - 1) / tile, grain: max(1, (1 << 16) / max(1, tile * rows))) {
                    tiles in
                    for left in tiles {
                        for top in stride(from: 0, to: rows, by: tile) {
                            for column in left * tile..<min((left + 1) * tile, columns) {
                                for row in top..<min(top + tile, rows) {
                                    target[column * rows + row] = source[row * columns + column]
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Matrices with the same number of rows, side by side.
    package static func beside(_ parts: [Tensor]) -> Tensor {
        let rows = parts.first?.rows ?? 0
        precondition(parts.allSatisfy { $0.rows == rows }, "matrices differ in rows: \(parts.map(\.shape))")
        let widths = parts.map(\.columns)
        let width = widths.reduce(0, +)
        let out = Tensor(shape: [rows, width]) { out in
            var first = 0
            for part in parts {
                withExtendedLifetime(part.storage) {
                    for row in 0..<rows {
                        (out.baseAddress! + row * width + first).update(
                            from: part.pointer + row * part.columns, count: part.columns)
                    }
                }
                first += part.columns
            }
        }
        return out.recorded(from: parts.map(\.node)) { gradient in
            var first = 0
            return widths.map { columns in
                defer { first += columns }
                return gradient.columnRange(first..<first + columns)
            }
        }
    }

    /// Columns of a matrix, as a copy.
    package func columnRange(_ range: Range<Int>) -> Tensor {
        let (rows, columns) = (rows, columns)
        let out = Tensor(shape: [rows, range.count]) { out in
            withExtendedLifetime(storage) {
                for row in 0..<rows {
                    (out.baseAddress! + row * range.count).update(
                        from: pointer + row * columns + range.lowerBound, count: range.count)
                }
            }
        }
        return out.recorded(from: [node]) { gradient in
            [
                .beside([
                    .zeros([rows, range.lowerBound]), gradient, .zeros([rows, columns - range.upperBound]),
                ])
            ]
        }
    }

    /// The matrix with other matrices added to some of its columns.
    ///
    /// - Parameter parts: Where the columns begin, and what is added to them, `[rows, columns]`.
    /// - Returns: The same shape.
    func adding(columns parts: [(firstColumn: Int, values: Tensor)]) -> Tensor {
        if parts.count == 1, parts[0].values.columns == columns { return self + parts[0].values }
        let columns = columns, add = Execution.current.kernels.table.pointee.add_f32
        precondition(parts.allSatisfy { $0.values.rows == rows && $0.firstColumn + $0.values.columns <= columns })
        let sum = Tensor(shape: shape) { out in
            withExtendedLifetime((storage, parts.map(\.values.storage))) {
                // Every range writes its own rows.
                nonisolated(unsafe) let (target, source) = (out.baseAddress!, pointer)
                nonisolated(unsafe) let parts = parts.map { ($0.firstColumn, $0.values.pointer, $0.values.columns) }
                Parallel.forRanges(rows, grain: max(1, (1 << 14) / max(1, columns))) { range in
                    for row in range {
                        let y = target + row * columns
                        y.update(from: source + row * columns, count: columns)
                        for (first, values, width) in parts { add(y + first, y + first, values + row * width, width) }
                    }
                }
            }
        }
        return sum.recorded(from: [node] + parts.map(\.values.node)) {
            [parts = parts.map { ($0.firstColumn, $0.values.columns) }] dY in
            [dY] + parts.map { first, width in dY.columnRange(first..<first + width) }
        }
    }
}
