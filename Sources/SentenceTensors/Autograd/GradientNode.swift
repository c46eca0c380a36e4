// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One operation on the tape: where its inputs came from, and how a gradient of its output becomes
/// gradients of its inputs.
///
/// The tape is the graph of these nodes behind a tensor. It exists only while gradients are recorded
/// (``Execution/recordsGradients``), is immutable, and goes with the last tensor that leads to it.
package final class GradientNode: Sendable {
    /// The nodes of the inputs, nil for those that no gradient reaches.
    let inputs: [GradientNode?]
    /// From the gradient of the output to those of the inputs, nil for inputs without a node; itself nil of a parameter.
    let backward: (@Sendable (Tensor) -> [Gradient?])?

    init(inputs: [GradientNode?], backward: (@Sendable (Tensor) -> [Gradient?])?) {
        self.inputs = inputs
        self.backward = backward
    }
}

extension Tensor {
    /// This tensor, recorded as the result of an operation on inputs with the given nodes.
    ///
    /// Where no input is recorded, nothing is.
    func recorded(
        from inputs: @autoclosure () -> [GradientNode?], backward: @escaping @Sendable (Tensor) -> [Tensor?]
    ) -> Tensor {
        recorded(from: inputs(), gradients: { backward($0).map { $0.map(Gradient.init) } })
    }

    /// As ``recorded(from:backward:)``, for operations that look up rows of tables.
    func recorded(
        from inputs: @autoclosure () -> [GradientNode?], gradients: @escaping @Sendable (Tensor) -> [Gradient?]
    ) -> Tensor {
        let inputs = inputs()
        guard inputs.contains(where: { $0 != nil }) else { return self }
        var result = self
        result.node = GradientNode(inputs: inputs, backward: gradients)
        return result
    }

    /// Stops the program where an operation without a way back meets a tensor that gradients are recorded for: an
    /// error of whoever wrote the model, which would otherwise train wrongly without a word.
    package func refuseGradient(of operation: StaticString) {
        precondition(node == nil, "\(operation) has no gradient, and was asked for one; see SentenceTensors")
    }
}
