// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A tensor that training can change: its value, and its identity on the tape.
///
/// Copies of a parameter are the same parameter; each copy has the value that it was last given.
package struct Parameter: Sendable {
    /// The value: as the checkpoint stores it, of any floating-point type, until it gets another one.
    package private(set) var tensor: Tensor
    private let leaf = GradientNode(inputs: [], backward: nil)

    /// A new parameter with the given value.
    package init(_ tensor: Tensor) {
        self.tensor = tensor
    }

    /// The value as float32; while gradients are recorded, it leads back to this parameter.
    package var value: Tensor {
        var value = tensor.float32()
        value.node = node
        return value
    }

    /// The node of the parameter while gradients of it are recorded, otherwise nil.
    var node: GradientNode? {
        let execution = Execution.current
        guard execution.recordsGradients, execution.learning?.contains(identity) ?? true else { return nil }
        return leaf
    }

    /// The identity of the parameter.
    var identity: ObjectIdentifier { ObjectIdentifier(leaf) }
}

extension Parameter: Trainable {
    /// Takes the new value if there is one for this parameter.
    package mutating func update(_ values: ParameterValues) {
        if let value = values[self] { tensor = value }
    }
}

/// A parameter with the name under which its owner saves it.
package struct NamedParameter: Sendable {
    /// The name, such as `encoder.layer.0.output.dense.weight`.
    package let name: String

    /// The parameter itself.
    package var parameter: Parameter
    /// Whether training leaves it unchanged.
    package let isFrozen: Bool

    /// A parameter with its name.
    package init(_ name: String, _ parameter: Parameter, isFrozen: Bool = false) {
        self.name = name
        self.parameter = parameter
        self.isFrozen = isFrozen
    }

    /// The same parameter, which training leaves unchanged unless it did or `learns`.
    package func frozen(unless learns: Bool) -> NamedParameter {
        NamedParameter(name, parameter, isFrozen: isFrozen || !learns)
    }

    /// The same parameter, with its name prefixed by that of the part that contains it.
    package func inside(_ owner: String) -> NamedParameter {
        NamedParameter("\(owner).\(name)", parameter, isFrozen: isFrozen)
    }
}

extension [NamedParameter] {
    /// Each parameter once, under the first of its names.
    package var distinct: [NamedParameter] {
        var seen: Set<ObjectIdentifier> = []
        return filter { seen.insert($0.parameter.identity).inserted }
    }
}

/// New values for some parameters.
package struct ParameterValues: Sendable {
    private var tensors: [ObjectIdentifier: Tensor] = [:]

    /// No new values.
    package init() {}

    /// The new value of a parameter, of the same shape; nil if it keeps its value.
    package subscript(parameter: Parameter) -> Tensor? {
        get { tensors[parameter.identity] }
        set {
            precondition(
                newValue.map { $0.shape == parameter.tensor.shape } ?? true,
                "a value of shape \(newValue?.shape ?? []) for a parameter of shape \(parameter.tensor.shape)")
            tensors[parameter.identity] = newValue?.detached
        }
    }

    /// Whether any of some parameters gets a new value.
    package func change(_ parameters: some Sequence<Parameter>) -> Bool {
        parameters.contains { tensors[$0.identity] != nil }
    }
}

/// A part of a model with learned parameters.
package protocol Trainable {
    /// Takes the new values of its parameters, and recomputes what it derives from those that change.
    mutating func update(_ values: ParameterValues)
}

extension Array: Trainable where Element: Trainable {
    /// Updates every element.
    package mutating func update(_ values: ParameterValues) {
        for index in indices { self[index].update(values) }
    }
}

extension Optional: Trainable where Wrapped: Trainable {
    /// Updates the value, if there is one.
    package mutating func update(_ values: ParameterValues) { self?.update(values) }
}

extension NamedParameter: Trainable {
    /// Updates the parameter.
    package mutating func update(_ values: ParameterValues) { parameter.update(values) }
}
