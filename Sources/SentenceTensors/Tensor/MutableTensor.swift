// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Float32 numbers that their owner changes in place: values in training, and what optimizers remember of them.
///
/// It is not `Sendable`, so that one task at a time changes it. A view that the owner hands out changes with it; the
/// owner must not hand one to anybody who reads while it changes.
package final class MutableTensor {
    private let storage: Storage
    /// The sizes of the dimensions, slowest first.
    package let shape: [Int]

    /// The number of elements.
    package var count: Int { shape.reduce(1, *) }

    /// Zeros.
    package init(zeros shape: [Int]) {
        self.shape = shape
        storage = Storage(uninitializedByteCount: shape.reduce(1, *) * MemoryLayout<Float>.stride)
        storage.mutableBytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// A copy of a tensor, as float32.
    package convenience init(copying tensor: Tensor) {
        self.init(zeros: tensor.shape)
        set(tensor)
    }

    /// Takes the numbers of a tensor of the same shape.
    package func set(_ tensor: Tensor) {
        precondition(tensor.shape == shape, "\(tensor.shape) for \(shape)")
        let values = tensor.float32()
        withExtendedLifetime(values.storage) { pointer.update(from: values.pointer, count: count) }
    }

    /// The numbers as a tensor, which changes with them.
    package var view: Tensor { Tensor(storage: storage, shape: shape, elementType: .float32) }

    /// The numbers as they are now.
    package var copy: Tensor {
        let view = view
        return Tensor(shape: shape) { out in
            guard count > 0, let start = out.baseAddress else { return }
            start.update(from: view.pointer, count: count)
        }
    }

    /// The first number, for the operations that change it.
    var pointer: UnsafeMutablePointer<Float> { storage.mutableBytes.baseAddress!.assumingMemoryBound(to: Float.self) }
}
