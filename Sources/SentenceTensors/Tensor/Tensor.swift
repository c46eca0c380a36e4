// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A contiguous, row-major, immutable array of numbers.
///
/// Operations create new tensors. A tensor created while gradients are recorded carries the ``GradientNode`` from which
/// ``gradients(of:seed:withRespectTo:)`` works backwards.
package struct Tensor: Sendable {
    /// The sizes of the dimensions, slowest first.
    package let shape: [Int]
    /// The type of the elements; operations compute on `.float32`.
    package let elementType: ElementType
    /// The memory that holds the elements.
    package let storage: Storage
    /// The offset of the first element in the storage.
    package let byteOffset: Int
    /// How the tensor was computed, if gradients were recorded.
    package var node: GradientNode?

    /// The number of elements.
    package let count: Int
    /// The size of the last dimension, or 1 for a scalar.
    package var columns: Int { shape.last ?? 1 }
    /// The product of all dimensions except the last.
    package var rows: Int { shape.dropLast().reduce(1, *) }

    /// A view of `storage`, which must hold the elements.
    package init(storage: Storage, byteOffset: Int = 0, shape: [Int], elementType: ElementType) {
        self.shape = shape
        self.count = shape.reduce(1, *)
        self.elementType = elementType
        self.storage = storage
        self.byteOffset = byteOffset
        precondition(
            byteOffset >= 0 && byteOffset + count * elementType.byteCount <= storage.bytes.count,
            "a tensor of shape \(shape) does not fit its storage of \(storage.bytes.count) bytes")
    }

    /// A float32 tensor whose elements `fill` writes; it must write all of them.
    package init(shape: [Int], fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        let count = shape.reduce(1, *)
        let storage = Storage(uninitializedByteCount: count * MemoryLayout<Float>.stride)
        try fill(storage.mutableBytes.bindMemory(to: Float.self))
        self.init(storage: storage, shape: shape, elementType: .float32)
    }

    /// Float32 tensors of several shapes whose elements `fill` writes together; it must write all of them.
    static func making(_ shapes: [Int]..., fill: ([UnsafeMutableBufferPointer<Float>]) -> Void) -> [Tensor] {
        let storages = shapes.map { Storage(uninitializedByteCount: $0.reduce(1, *) * MemoryLayout<Float>.stride) }
        fill(storages.map { $0.mutableBytes.bindMemory(to: Float.self) })
        return zip(storages, shapes).map { Tensor(storage: $0, shape: $1, elementType: .float32) }
    }

    /// A float32 tensor of the given elements in row-major order.
    package init(_ elements: [Float], shape: [Int]) {
        precondition(elements.count == shape.reduce(1, *), "\(elements.count) elements do not fill shape \(shape)")
        self.init(shape: shape) { _ = $0.initialize(from: elements) }
    }

    /// A float32 tensor of zeros.
    package static func zeros(_ shape: [Int]) -> Tensor {
        Tensor(shape: shape) { $0.initialize(repeating: 0) }
    }

    /// The bytes of the elements.
    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        defer { withExtendedLifetime(storage) {} }
        return try body(bytes)
    }

    /// Whether another tensor has the same shape, type and bytes.
    package func holdsSameBytes(as other: Tensor) -> Bool {
        guard shape == other.shape, elementType == other.elementType else { return false }
        return withUnsafeBytes { a in
            other.withUnsafeBytes { b in a.baseAddress == b.baseAddress || a.elementsEqual(b) }
        }
    }

    /// Whether all elements have the same bytes, as in a tensor that was never trained.
    package var isConstant: Bool {
        withUnsafeBytes { bytes in
            bytes.isEmpty || bytes.dropFirst(elementType.byteCount).elementsEqual(bytes.dropLast(elementType.byteCount))
        }
    }

    /// The elements as an array; the element type must be float32.
    package var floats: [Float] {
        withExtendedLifetime(storage) { Array(UnsafeBufferPointer(start: pointer, count: count)) }
    }

    /// The same elements in another shape.
    package func reshaped(_ shape: [Int]) -> Tensor {
        var view = Tensor(storage: storage, byteOffset: byteOffset, shape: shape, elementType: elementType)
        precondition(view.count == count, "cannot reshape \(self.shape) to \(shape)")
        view.node = node
        return view
    }

    /// The first float32 element; valid while the storage lives.
    var pointer: UnsafePointer<Float> {
        precondition(elementType == .float32, "operations need float32, found \(elementType)")
        // An empty storage still has an address, since the pool never hands out less than 64 bytes.
        return (storage.bytes.baseAddress! + byteOffset).assumingMemoryBound(to: Float.self)
    }

    /// The first element, for the operation that has made the tensor and not handed it out yet.
    ///
    /// Of a tensor that is a view of a file there is none.
    var fresh: UnsafeMutablePointer<Float> {
        (storage.mutableBytes.baseAddress! + byteOffset).assumingMemoryBound(to: Float.self)
    }

    /// Gives the memory of the elements back to the system if they belong to a file, from which they can be read again.
    package func discardPages() {
        storage.adviseNotNeeded(byteOffset..<byteOffset + count * elementType.byteCount)
    }

    /// The bytes of the elements; valid while the storage lives.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: storage.bytes[byteOffset..<byteOffset + count * elementType.byteCount])
    }
}
