// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The gradients of `sum(output * seed)` with respect to parameters.
///
/// - Parameters:
///   - output: A tensor that was computed while gradients were recorded.
///   - seed: The gradient of the output, of its shape; ones if nil.
///   - parameters: The parameters to differentiate with respect to.
/// - Returns: For each parameter a gradient of its shape, or nil where the output does not depend on it.
package func gradients(
    of output: Tensor, seed: Tensor? = nil, withRespectTo parameters: [Parameter]
) -> [Gradient?] {
    guard let root = output.node else { return parameters.map { _ in nil } }
    let seed = seed ?? Tensor([Float](repeating: 1, count: output.count), shape: output.shape)
    precondition(seed.shape == output.shape, "the seed has shape \(seed.shape), the output \(output.shape)")
    var pending = [ObjectIdentifier(root): Gradient(seed)]
    for node in topologicalOrder(from: root) {
        guard let backward = node.backward, let gradient = pending.removeValue(forKey: ObjectIdentifier(node)) else {
            continue
        }
        for (input, gradient) in zip(node.inputs, backward(gradient.tensor)) {
            guard let input, let gradient else { continue }
            let key = ObjectIdentifier(input)
            pending[key] = pending[key].map { $0 + gradient } ?? gradient
        }
    }
    return parameters.map { pending[$0.identity]?.reshaped($0.tensor.shape) }
}

/// All nodes that `root` was computed from, each before its inputs.
private func topologicalOrder(from root: GradientNode) -> [GradientNode] {
    var order: [GradientNode] = []
    var seen: Set<ObjectIdentifier> = []
    var stack: [(node: GradientNode, entered: Bool)] = [(root, false)]
    while let (node, entered) = stack.popLast() {
        if entered {
            order.append(node)
        } else if seen.insert(ObjectIdentifier(node)).inserted {
            stack.append((node, true))
            for case let input? in node.inputs { stack.append((input, false)) }
        }
    }
    return order.reversed()
}
