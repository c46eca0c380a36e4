// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A tensor that a model learns: its value, and its identity in the record of a computation.
///
/// Copies of a parameter are the same parameter, of which each holder has the value that it was last given.
package struct Parameter: Sendable {
    /// The value: as the checkpoint stores it, of any floating-point type, until it is given another one.
    package private(set) var tensor: Tensor
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

extension Parameter: Trainable {
    package mutating func update(_ values: ParameterValues) {
        if let value = values[self] { tensor = value }
    }
}

/// A parameter with the name under which its owner saves it.
package struct NamedParameter: Sendable {
    /// The name, such as `encoder.layer.0.output.dense.weight`.
    package let name: String
    package var parameter: Parameter
    /// Whether training leaves it as it is.
    package let isFrozen: Bool

    package init(_ name: String, _ parameter: Parameter, isFrozen: Bool = false) {
        self.name = name
        self.parameter = parameter
        self.isFrozen = isFrozen
    }

    /// The same parameter as one of a part that bears a name itself.
    package func inside(_ owner: String) -> NamedParameter {
        NamedParameter("\(owner).\(name)", parameter, isFrozen: isFrozen)
    }
}

extension [NamedParameter] {
    /// Each parameter once, by the first of its names.
    package var distinct: [NamedParameter] {
        var seen: Set<ObjectIdentifier> = []
        return filter { seen.insert($0.parameter.identity).inserted }
    }
}

/// New values of some parameters.
package struct ParameterValues: Sendable {
    private var tensors: [ObjectIdentifier: Tensor] = [:]

    package init() {}

    /// The value that a parameter gets, of the parameter's shape; nil if it stays as it is.
    package subscript(parameter: Parameter) -> Tensor? {
        get { tensors[parameter.identity] }
        set {
            precondition(
                newValue.map { $0.shape == parameter.tensor.shape } ?? true,
                "a value of shape \(newValue?.shape ?? []) for a parameter of shape \(parameter.tensor.shape)")
            tensors[parameter.identity] = newValue?.detached
        }
    }

    /// Whether one of some parameters gets another value.
    package func change(_ parameters: some Sequence<Parameter>) -> Bool {
        parameters.contains { tensors[$0.identity] != nil }
    }
}

/// A part of a model with learned values.
package protocol Trainable {
    /// Takes the new values of its parameters, and makes again what it derives from those that change.
    mutating func update(_ values: ParameterValues)
}

extension Array: Trainable where Element: Trainable {
    package mutating func update(_ values: ParameterValues) {
        for index in indices { self[index].update(values) }
    }
}

extension Optional: Trainable where Wrapped: Trainable {
    package mutating func update(_ values: ParameterValues) { self?.update(values) }
}

extension NamedParameter: Trainable {
    package mutating func update(_ values: ParameterValues) { parameter.update(values) }
}
