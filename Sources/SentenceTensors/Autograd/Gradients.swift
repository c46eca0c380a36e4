// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The gradients of `sum(output * seed)` with respect to parameters.
///
/// - Parameters:
///   - output: A tensor that was computed while gradients were recorded; where the caller gives it away, the tape is
///     freed on the way back.
///   - seed: The gradient of the output, of its shape; ones if nil.
///   - parameters: The parameters to differentiate with respect to.
/// - Returns: For each parameter a gradient of its shape, or nil where the output does not depend on it.
package func gradients(
    of output: consuming Tensor, seed: Tensor? = nil, withRespectTo parameters: [Parameter]
) -> [Gradient?] {
    let shape = output.shape, count = output.count
    guard let root = output.node else { return parameters.map { _ in nil } }
    _ = consume output
    let seed = seed ?? Tensor([Float](repeating: 1, count: count), shape: shape)
    precondition(seed.shape == shape, "the seed has shape \(seed.shape), the output \(shape)")
    var pending = [ObjectIdentifier(root): Gradient(seed)]
    var order = reversedOrder(from: consume root)
    // A node is freed, with what its operation kept, before the next one's gradients are computed.
    while let node = order.popLast() {
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

/// All nodes that `root` was computed from, each after its inputs.
private func reversedOrder(from root: consuming GradientNode) -> [GradientNode] {
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
    return order
}
