// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Tensor {
    /// Rows of a matrix, as a view.
    package func rowRange(_ range: Range<Int>) -> Tensor {
        Tensor(
            storage: storage, byteOffset: byteOffset + range.lowerBound * columns * elementType.byteCount,
            shape: [range.count, columns], elementType: elementType)
    }

    /// Matrices of one width above each other, as float32.
    static func stacked(_ parts: [Tensor]) -> Tensor {
        let rows = parts.reduce(0) { $0 + $1.rows }
        return Tensor(shape: [rows, parts.first?.columns ?? 0]) { out in
            var next = out[...]
            for part in parts { next = next[next.update(fromContentsOf: part.float32().floats)...] }
        }
    }

    /// The first columns of every row.
    package func prefixingColumns(_ width: Int) -> Tensor {
        Tensor(shape: [rows, width]) { out in
            withExtendedLifetime(storage) {
                guard let start = out.baseAddress else { return }
                for row in 0..<rows { (start + row * width).update(from: pointer + row * columns, count: width) }
            }
        }
    }

    /// Writes the rows of `source` to the given rows of this tensor, which its maker has not handed out yet.
    package func scatterRows(_ source: Tensor, to indices: [Int]) {
        precondition(source.columns == columns && source.rows == indices.count, "\(source.shape) to \(shape)")
        withExtendedLifetime((storage, source.storage)) {
            let target = UnsafeMutablePointer(mutating: pointer)
            for (row, index) in indices.enumerated() {
                (target + index * columns).update(from: source.pointer + row * columns, count: columns)
            }
        }
    }
}
