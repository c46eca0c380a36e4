// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A contiguous, row-major, immutable array of numbers.
///
/// Operations make new tensors. A tensor that an operation made while gradients are recorded carries
/// the ``GradientNode`` through which ``gradients(of:withRespectTo:seed:)`` finds its way back.
package struct Tensor: Sendable {
    /// The sizes of the dimensions, slowest first.
    package let shape: [Int]
    /// The type of the elements; operations compute on `.float32`.
    package let elementType: ElementType
    package let storage: Storage
    /// Where the first element stands in the storage.
    package let byteOffset: Int

    /// The number of elements.
    package var count: Int { shape.reduce(1, *) }

    /// A view of `storage`, which must hold the elements.
    package init(storage: Storage, byteOffset: Int = 0, shape: [Int], elementType: ElementType) {
        self.shape = shape
        self.elementType = elementType
        self.storage = storage
        self.byteOffset = byteOffset
        precondition(
            byteOffset >= 0 && byteOffset + count * elementType.byteCount <= storage.bytes.count,
            "a tensor of shape \(shape) does not fit its storage of \(storage.bytes.count) bytes")
    }

    /// The bytes of the elements.
    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let end = byteOffset + count * elementType.byteCount
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeRawBufferPointer(rebasing: storage.bytes[byteOffset..<end]))
    }
}
