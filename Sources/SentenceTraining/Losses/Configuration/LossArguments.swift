// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// The arguments of a loss in a configuration, by the names that the reference gives them.
///
/// Every argument that a loss knows is read; what is left then is unknown.
package struct LossArguments {
    /// The name of the loss.
    let name: String
    private let values: JSONObject
    private var known: Set<ExactString> = []

    /// The arguments of the loss of a name.
    package init(name: String, values: JSONObject) {
        self.name = name
        self.values = values
    }

    /// An argument's value; nil if there is none or it is null.
    mutating func value(_ key: String) -> JSONValue? {
        known.insert(key)
        return values[key] == .null ? nil : values[key]
    }

    /// Whether an argument is given, perhaps as null.
    mutating func has(_ key: String) -> Bool {
        known.insert(ExactString(key))
        return values[key] != nil
    }

    /// Whether an argument is given as null.
    mutating func isNull(_ key: String) -> Bool {
        known.insert(ExactString(key))
        return values[key] == .null
    }

    /// Refuses any class but one as the value of an argument, with the path of its module or without.
    mutating func requireClass(_ key: String, _ name: String) throws {
        guard let path = try string(key), path.split(separator: ".").last.map(String.init) != name else { return }
        throw wrong(key, "\(name.quoted) or null")
    }

    /// Takes note of arguments that make no difference here, such as how many texts are embedded at a time.
    mutating func ignore(_ keys: String...) { known.formUnion(keys.map { ExactString($0) }) }

    /// - Throws: ``TrainingError`` for an argument that was not read.
    package func finish() throws {
        guard let unknown = values.keys.filter({ !known.contains($0) }).min() else { return }
        let nearest = NearestName.to(unknown.string, among: known.lazy.map(\.string))
        throw TrainingError(
            .invalidArgument,
            "\(name) has no argument \(unknown.string.quoted)"
                + (nearest.map { "; did you mean \($0.quoted)?" }
                    ?? "; it has \(known.isEmpty ? "none" : known.sortedStrings.joined(separator: ", "))"))
    }

    private func wrong(_ key: String, _ expected: String) -> TrainingError {
        TrainingError(
            .invalidArgument,
            "\(name): \(key) must be \(expected), found \(values[key]?.summary ?? "nothing")")
    }

    /// A number; the default if there is none.
    mutating func float(_ key: String, default fallback: Float? = nil) throws -> Float {
        Float(try double(key, default: fallback.map(Double.init)))
    }

    /// A number in full precision; the default if there is none.
    mutating func double(_ key: String, default fallback: Double? = nil) throws -> Double {
        guard let value = value(key) else {
            guard let fallback else { throw wrong(key, "a number") }
            return fallback
        }
        guard let number = value.asDouble else { throw wrong(key, "a number") }
        return number
    }

    /// A number; nil if there is none.
    mutating func optionalFloat(_ key: String) throws -> Float? {
        try value(key) == nil ? nil : float(key)
    }

    /// A whole number; the default if there is none.
    mutating func int(_ key: String, default fallback: Int? = nil) throws -> Int {
        guard let value = value(key) else {
            guard let fallback else { throw wrong(key, "a whole number") }
            return fallback
        }
        guard let number = value.asInt else { throw wrong(key, "a whole number") }
        return number
    }

    /// A whole number; nil if there is none.
    mutating func optionalInt(_ key: String) throws -> Int? {
        try value(key) == nil ? nil : int(key)
    }

    /// True or false; the default if there is neither.
    mutating func bool(_ key: String, default fallback: Bool) throws -> Bool {
        guard let value = value(key) else { return fallback }
        guard let result = value.asSwitch else { throw wrong(key, "true or false") }
        return result
    }

    /// A text; nil if there is none.
    mutating func string(_ key: String) throws -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.asString else { throw wrong(key, "a text") }
        return text
    }

    /// Numbers; nil if there are none.
    mutating func floats(_ key: String) throws -> [Float]? {
        guard let value = value(key) else { return nil }
        guard let elements = value.asArray, elements.allSatisfy({ $0.asDouble != nil }) else {
            throw wrong(key, "an array of numbers")
        }
        return elements.compactMap { $0.asDouble.map { Float($0) } }
    }

    /// Whole numbers.
    mutating func ints(_ key: String) throws -> [Int] {
        guard let elements = value(key)?.asArray, elements.allSatisfy({ $0.asInt != nil }) else {
            throw wrong(key, "an array of whole numbers")
        }
        return elements.compactMap(\.asInt)
    }

    /// One of some names; nil if there is none.
    mutating func choice<Choice: LossChoice>(_ key: String, of type: Choice.Type = Choice.self) throws -> Choice? {
        guard let value = value(key) else { return nil }
        guard let text = value.asString, let choice = Choice(argument: text) else { throw unknown(Choice.self, key) }
        return choice
    }

    /// Some of some names; nil if there are none.
    mutating func choices<Choice: LossChoice>(_ key: String, of type: Choice.Type = Choice.self) throws -> [Choice]? {
        guard let value = value(key) else { return nil }
        guard let elements = value.asArray else { throw wrong(key, "an array of names") }
        return try elements.map { element in
            guard let choice = element.asString.flatMap(Choice.init(argument:)) else { throw unknown(Choice.self, key) }
            return choice
        }
    }

    /// A factor of a part of the loss: 1 if none is given, and 0 for null, which leaves the part out.
    mutating func weight(_ key: String) throws -> Float {
        let weight = try float(key, default: 1)
        return values[key] == .null ? 0 : weight
    }

    /// A function of single numbers, by the dotted path of PyTorch's class; the identity if there is none.
    mutating func activation(_ key: String) throws -> Activation {
        guard let path = try string(key) else { return .identity }
        guard let found = Self.torchActivations.first(where: { $0.path == path }) else {
            throw wrong(key, "one of " + Self.torchActivations.map(\.path.quoted).joined(separator: ", "))
        }
        return found.activation
    }

    private static let torchActivations: [(path: String, activation: Activation)] = [
        ("torch.nn.modules.linear.Identity", .identity), ("torch.nn.modules.activation.Sigmoid", .sigmoid),
        ("torch.nn.modules.activation.Tanh", .tanh), ("torch.nn.modules.activation.ReLU", .relu),
    ]

    /// The dotted path of PyTorch's class of a function.
    static func torchName(of activation: Activation) -> String {
        torchActivations.first { $0.activation == activation }?.path ?? activation.rawValue
    }

    /// Refuses any value of an argument but one.
    mutating func require(_ key: String, to be: String) throws {
        guard try string(key) ?? be == be else { throw wrong(key, be.quoted) }
    }

    private func unknown<Choice: LossChoice>(_: Choice.Type, _ key: String) -> TrainingError {
        wrong(key, "one of " + Choice.allCases.map(\.argument.quoted).joined(separator: ", "))
    }

    /// Another loss, with arguments of its own.
    mutating func loss(_ key: String) throws -> any Loss {
        guard let value = value(key) else { throw wrong(key, "a loss") }
        return try LossRegistry.loss(value)
    }
}

/// One of some ways to do a thing, as the reference names them.
package protocol LossChoice: CaseIterable, Sendable {
    /// The name as an argument.
    var argument: String { get }
    /// The choice of a name, whichever way the reference spells it.
    init?(argument: String)
}

extension LossChoice where Self: RawRepresentable<String> {
    package var argument: String { rawValue }
    package init?(argument: String) { self.init(rawValue: argument) }
}
