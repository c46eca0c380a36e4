// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A matrix that several threads fill with rows in any order.
package final class RowCollector: Sendable {
    private let rows: Int
    private let columns: Int
    /// Written with the lock held, and no longer once it has been returned.
    private let storage: Mutex<Storage?>

    /// A matrix of zeros, `[rows, columns]`.
    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        let storage = Storage(uninitializedByteCount: rows * columns * MemoryLayout<Float>.stride)
        storage.mutableBytes.initializeMemory(as: UInt8.self, repeating: 0)
        self.storage = Mutex(storage)
    }

    /// Writes rows at their indices.
    ///
    /// - Parameters:
    ///   - source: `[indices, columns]`.
    ///   - indices: The index of each row in the matrix.
    package func put(_ source: Tensor, at indices: [Int]) {
        precondition(source.columns == columns && source.rows == indices.count, "\(source.shape) to \(columns) columns")
        storage.withLock { storage in
            guard let storage else { preconditionFailure("rows come after the end") }
            let target = storage.mutableBytes.bindMemory(to: Float.self)
            withExtendedLifetime(source.storage) {
                for (row, index) in indices.enumerated() {
                    let values = UnsafeBufferPointer(start: source.pointer + row * columns, count: columns)
                    _ = target[(index * columns)...].update(fromContentsOf: values)
                }
            }
        }
    }

    /// The matrix, `[rows, columns]`; no rows can be written afterwards.
    package func finish() -> Tensor {
        let filled = storage.withLock { storage in
            defer { storage = nil }
            return storage
        }
        guard let filled else { preconditionFailure("a matrix is finished twice") }
        return Tensor(storage: filled, shape: [rows, columns], elementType: .float32)
    }
}
