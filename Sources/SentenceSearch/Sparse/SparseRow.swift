// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The elements of one row, without a copy.
struct SparseRow {
    let indices: ArraySlice<Int32>
    let values: ArraySlice<Float>

    init(_ matrix: SparseMatrix, _ row: Int) {
        let range = matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]
        indices = matrix.indices[range]
        values = matrix.values[range]
    }

    init(_ vector: SparseVector) {
        indices = vector.indices.map(Int32.init)[...]
        values = vector.values[...]
    }

    /// Calls `body` for every column that either row has, in ascending order, with 0 for the row that lacks it.
    func merge(_ other: SparseRow, _ body: (_ column: Int, Float, Float) -> Void) {
        var i = indices.startIndex, j = other.indices.startIndex
        while i < indices.endIndex || j < other.indices.endIndex {
            let a = i < indices.endIndex ? indices[i] : .max, b = j < other.indices.endIndex ? other.indices[j] : .max
            body(Int(min(a, b)), a <= b ? values[i] : 0, b <= a ? other.values[j] : 0)
            if a <= b { i += 1 }
            if b <= a { j += 1 }
        }
    }
}
