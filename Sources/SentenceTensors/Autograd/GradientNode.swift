// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One operation on the tape: its inputs, and how to compute their gradients from that of its output.
///
/// The tape is the graph of nodes that a tensor was computed through. It exists only while gradients are recorded
/// (``Execution/recordsGradients``), is immutable, and is freed with the last tensor that refers to it.
package final class GradientNode: Sendable {
    /// The nodes of the inputs; nil for inputs that need no gradient.
    let inputs: [GradientNode?]
    /// Maps the output's gradient to those of the inputs, nil for inputs without a node; itself nil for a parameter.
    let backward: (@Sendable (Tensor) -> [Gradient?])?

    init(inputs: [GradientNode?], backward: (@Sendable (Tensor) -> [Gradient?])?) {
        self.inputs = inputs
        self.backward = backward
    }
}

extension Tensor {
    /// This tensor, recorded as the result of an operation on inputs with the given nodes.
    ///
    /// If no input has a node, nothing is recorded.
    func recorded(
        from inputs: @autoclosure () -> [GradientNode?], backward: @escaping @Sendable (Tensor) -> [Tensor?]
    ) -> Tensor {
        recorded(from: inputs(), gradients: { backward($0).map { $0.map(Gradient.init) } })
    }

    /// Like ``recorded(from:backward:)``, for operations that look up rows of tables.
    func recorded(
        from inputs: @autoclosure () -> [GradientNode?], gradients: @escaping @Sendable (Tensor) -> [Gradient?]
    ) -> Tensor {
        let inputs = inputs()
        guard inputs.contains(where: { $0 != nil }) else { return self }
        var result = self
        result.node = GradientNode(inputs: inputs, backward: gradients)
        return result
    }

    /// Stops the program if gradients are recorded for this tensor, because `operation` has no backward pass.
    ///
    /// That is a mistake in the model's code; without this check it would silently train wrongly.
    package func refuseGradient(of operation: StaticString) {
        precondition(node == nil, "\(operation) has no gradient, and was asked for one; see SentenceTensors")
    }
}
