// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

extension Tensor {
    /// The elements of every row that are largest by `key`, and zeros.
    ///
    /// Of equal ones the first stay.
    package func keepingLargest(_ count: Int, by key: (Float) -> Float) -> Tensor {
        guard count < columns else { return self }
        let kept = withUnsafeBytes { bytes in
            let elements = bytes.assumingMemoryBound(to: Float.self)
            return (0..<rows).flatMap { row in
                let first = row * columns
                return LargestElements.indices(
                    UnsafeBufferPointer(rebasing: elements[first..<first + columns]), count: count, by: key
                ).map { first + $0 }
            }
        }
        return keepingElements(at: kept)
    }

    /// The elements of each row that are not zero.
    package var sparseRows: [SparseVector] {
        withUnsafeBytes {
            let elements = $0.assumingMemoryBound(to: Float.self)
            return (0..<rows).map { row in
                let range = row * columns..<(row + 1) * columns
                let places = range.filter { elements[$0] != 0 }
                return SparseVector(
                    dimension: columns, ascending: places.map { $0 - range.lowerBound }, places.map { elements[$0] })
            }
        }
    }
}
