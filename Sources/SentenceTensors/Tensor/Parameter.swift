// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A tensor that a model learns: its stored value, and its identity in the record of a computation.
package struct Parameter: Sendable {
    /// The value as the checkpoint stores it, of any floating-point type.
    package let tensor: Tensor
    private let leaf = GradientNode(inputs: [], backward: nil)

    package init(_ tensor: Tensor) {
        self.tensor = tensor
    }

    /// The value as float32, traced back to this parameter while gradients are recorded.
    package var value: Tensor {
        var value = tensor.float32()
        value.node = node
        return value
    }

    /// The identity of the parameter while gradients are recorded, else nil.
    var node: GradientNode? { Execution.current.recordsGradients ? leaf : nil }

    /// The identity of the parameter.
    var identity: ObjectIdentifier { ObjectIdentifier(leaf) }
}
