// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension Tensor {
    /// A tensor of the same shape with a function of every element; without a gradient.
    func mapping(_ function: (Float) -> Float) -> Tensor {
        mappingRows { row in
            for index in row.indices { row[index] = function(row[index]) }
        }
    }

    /// A copy whose rows `body` has changed; without a gradient.
    func mappingRows(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) -> Tensor {
        refuseGradient(of: "mappingRows")
        return Tensor(shape: shape) { out in
            withUnsafeBytes { _ = out.update(from: $0.assumingMemoryBound(to: Float.self)) }
            for row in 0..<rows { body(UnsafeMutableBufferPointer(rebasing: out[row * columns..<(row + 1) * columns])) }
        }
    }

    /// The elements of every row that are largest by `key`, and zeros.
    ///
    /// Of equal ones the first stay; without a gradient.
    func keepingLargest(_ count: Int, by key: (Float) -> Float) -> Tensor {
        guard count < columns else { return self }
        refuseGradient(of: "keepingLargest")
        return Tensor(shape: shape) { out in
            out.initialize(repeating: 0)
            withUnsafeBytes {
                let elements = $0.assumingMemoryBound(to: Float.self)
                for row in 0..<rows {
                    let range = row * columns..<(row + 1) * columns
                    let kept = LargestElements.indices(
                        UnsafeBufferPointer(rebasing: elements[range]), count: count, by: key)
                    for index in kept { out[range.lowerBound + index] = elements[range.lowerBound + index] }
                }
            }
        }
    }

    /// The elements of each row that are not zero.
    var sparseRows: [SparseVector] {
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
