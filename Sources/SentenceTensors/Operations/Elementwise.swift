// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// The smallest number of elements for which another thread pays off.
    private static let elementGrain = 1 << 16

    /// A tensor of the same shape, computed in ranges of elements.
    func mapRows(
        _ body: @escaping @Sendable (sk_kernels, UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
    ) -> Tensor {
        mapRows(with: self) { kernels, y, x, _, n in body(kernels, y, x, n) }
    }

    /// A tensor of the same shape, computed in ranges of elements of this tensor and another one.
    func mapRows(
        with other: Tensor,
        _ body:
            @escaping @Sendable (
                sk_kernels, UnsafeMutablePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, Int
            ) ->
            Void
    ) -> Tensor {
        precondition(count == other.count, "shapes differ: \(shape) and \(other.shape)")
        let kernels = Execution.current.kernels
        return Tensor(shape: shape) { out in
            withExtendedLifetime((storage, other.storage)) {
                // Every range writes its own part of the result.
                nonisolated(unsafe) let (y, a, b) = (out.baseAddress!, pointer, other.pointer)
                Parallel.forRanges(count, grain: Self.elementGrain) { range in
                    let first = range.lowerBound
                    body(kernels.table.pointee, y + first, a + first, b + first, range.count)
                }
            }
        }
    }

    /// The sum, element by element; the shapes are equal.
    package static func + (a: Tensor, b: Tensor) -> Tensor {
        a.mapRows(with: b) { kernels, y, a, b, n in kernels.add_f32(y, a, b, n) }
            .recorded(from: [a.node, b.node]) { [$0, $0] }
    }

    /// The product, element by element; the shapes are equal.
    package static func * (a: Tensor, b: Tensor) -> Tensor {
        a.mapRows(with: b) { kernels, y, a, b, n in kernels.multiply_f32(y, a, b, n) }
            .recorded(from: [a.node, b.node]) { [$0 * b.detached, $0 * a.detached] }
    }

    /// The tensor times a number.
    package static func * (scale: Float, x: Tensor) -> Tensor {
        x.mapRows { kernels, y, x, n in kernels.scale_f32(y, scale, x, n) }
            .recorded(from: [x.node]) { [scale * $0] }
    }

    /// The sum of all elements, `[]`.
    package func sum() -> Tensor {
        let shape = shape
        let ones = Tensor(shape: [count]) { $0.initialize(repeating: 1) }
        return withExtendedLifetime((storage, ones.storage)) {
            Tensor([Execution.current.kernels.table.pointee.dot_f32(pointer, ones.pointer, count)], shape: [])
        }
        .recorded(from: [node]) { gradient in
            let value = gradient.floats[0]
            return [Tensor(shape: shape) { $0.initialize(repeating: value) }]
        }
    }

    /// The same elements, without a connection to the tape.
    package var detached: Tensor {
        var tensor = self
        tensor.node = nil
        return tensor
    }
}
