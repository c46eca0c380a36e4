// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TemplateInterpreter {
    /// The predefined functions.
    private static let functions: Set<String> = ["range", "namespace", "raise_exception", "dict", "strftime_now"]

    /// The value of a name.
    func variable(_ name: String) -> TemplateValue {
        for scope in scopes.reversed() {
            if let value = scope[name] { return value }
        }
        return Self.functions.contains(name) ? .function(name) : .undefined(name)
    }

    mutating func evaluate(_ expression: TemplateExpression) throws -> TemplateValue {
        try step { try $0.value(of: expression) }
    }

    private mutating func evaluate(_ expression: TemplateExpression?) throws -> TemplateValue? {
        guard let expression else { return nil }
        return try evaluate(expression)
    }

    private mutating func evaluate(
        _ arguments: TemplateArguments<TemplateExpression>
    ) throws -> TemplateArguments<TemplateValue> {
        var result = TemplateArguments<TemplateValue>()
        for argument in arguments.values { result.values.append(try evaluate(argument)) }
        for (name, argument) in arguments.named { result.named.append((name, try evaluate(argument))) }
        return result
    }

    private mutating func value(of expression: TemplateExpression) throws -> TemplateValue {
        switch expression {
        case .literal(let value): return value
        case .name(let name): return variable(name)
        case .list(let elements):
            var values: [TemplateValue] = []
            for element in elements { values.append(try evaluate(element)) }
            return .list(values)
        case .object(let members):
            var values: [(key: String, value: TemplateValue)] = []
            for member in members {
                guard let key = try evaluate(member.key).asString else {
                    throw TemplateError("a dictionary has a key that is no string")
                }
                values.append((key, try evaluate(member.value)))
            }
            return .object(values)
        case .member(let base, let name): return try member(name, of: evaluate(base))
        case .item(let base, let index): return try item(evaluate(index), of: evaluate(base))
        case .slice(let base, let start, let end, let step):
            return try TemplateSlice(
                start: evaluate(start)?.sliceBound(), end: evaluate(end)?.sliceBound(),
                step: evaluate(step)?.sliceBound()
            ).of(evaluate(base))
        case .call(let callee, let arguments): return try call(callee, arguments)
        case .filter(let base, let name, let arguments):
            return try TemplateFilters.apply(name, to: evaluate(base), evaluate(arguments))
        case .test(let base, let name, let arguments):
            return .bool(try TemplateTests.holds(name, of: evaluate(base), evaluate(arguments)))
        case .not(let operand): return .bool(try !evaluate(operand).isTrue)
        case .negative(let operand):
            return try TemplateArithmetic.apply("-", .int(0), evaluate(operand))
        case .binary("and", let a, let b):
            let left = try evaluate(a)
            return left.isTrue ? try evaluate(b) : left
        case .binary("or", let a, let b):
            let left = try evaluate(a)
            return left.isTrue ? left : try evaluate(b)
        case .binary(let name, let a, let b): return try TemplateArithmetic.apply(name, evaluate(a), evaluate(b))
        case .choice(let condition, let then, let otherwise):
            if try evaluate(condition).isTrue { return try evaluate(then) }
            return try evaluate(otherwise) ?? .undefined("else")
        }
    }

    // MARK: Members

    private func member(_ name: String, of base: TemplateValue) throws -> TemplateValue {
        switch base {
        case .undefined: throw TemplateError("\(base.kind), has no \"\(name)\"")
        case .namespace(let index): return namespaces[index][name] ?? .undefined(name)
        default: return base[name] ?? .undefined(name)
        }
    }

    private func item(_ index: TemplateValue, of base: TemplateValue) throws -> TemplateValue {
        switch (base, index) {
        case (.undefined, _): throw TemplateError("\(base.kind), has no elements")
        case (_, .string(let key)): return try member(key, of: base)
        case (.list, _), (.string, _):
            guard let place = index.asInt else { return .undefined("element") }
            let elements = try base.elements()
            let found = place < 0 ? place + elements.count : place
            return elements.indices.contains(found) ? elements[found] : .undefined("element \(place)")
        default: return .undefined("element")
        }
    }

    // MARK: Calls

    private mutating func call(
        _ callee: TemplateExpression, _ arguments: TemplateArguments<TemplateExpression>
    ) throws -> TemplateValue {
        if case .member(let base, let name) = callee {
            let base = try evaluate(base)
            let arguments = try evaluate(arguments)
            if let result = try TemplateMethods.call(name, of: base, arguments) { return result }
            return try call(member(name, of: base), "\(name)", arguments)
        }
        let function = try evaluate(callee)
        return try call(function, "the expression", evaluate(arguments))
    }

    private mutating func call(
        _ function: TemplateValue, _ name: String, _ arguments: TemplateArguments<TemplateValue>
    ) throws -> TemplateValue {
        switch function {
        case .macro(let index): return try call(macros[index], arguments)
        case .function(let name): return try call(name, arguments)
        case .undefined(let unknown):
            throw TemplateError("the function \"\(unknown)\" is not supported by this version")
        default: throw TemplateError("\(name) is \(function.kind), which cannot be called")
        }
    }

    private mutating func call(
        _ function: String, _ arguments: TemplateArguments<TemplateValue>
    ) throws -> TemplateValue {
        switch function {
        case "range": return try Self.range(arguments)
        case "raise_exception":
            throw TemplateError("it refuses the input: \(try arguments.value(0, "message")?.text() ?? "")")
        case "strftime_now": return .string(try TemplateDate.now(try arguments.value(0, "format")?.text() ?? ""))
        default:
            var members: [(key: String, value: TemplateValue)] = []
            if case .object(let first)? = arguments.values.first { members = first }
            for argument in arguments.named {
                members.removeAll { $0.key.isExactly(argument.name) }
                members.append((argument.name, argument.value))
            }
            guard function == "namespace" else { return .object(members) }
            namespaces.append(Dictionary(members.map { (ExactString($0.key), $0.value) }) { $1 })
            return .namespace(namespaces.count - 1)
        }
    }

    private static func range(_ arguments: TemplateArguments<TemplateValue>) throws -> TemplateValue {
        let numbers = arguments.values.compactMap(\.asInt)
        guard numbers.count == arguments.values.count, (1...3).contains(numbers.count) else {
            throw TemplateError("range takes one to three whole numbers")
        }
        let (start, end) = numbers.count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1])
        let step = numbers.count == 3 ? numbers[2] : 1
        guard step != 0 else { throw TemplateError("range takes no step of 0") }
        let values = stride(from: start, to: end, by: step).lazy.prefix(TemplateLimit.range + 1)
            .map { TemplateValue.int($0) }
        guard values.count <= TemplateLimit.range else {
            throw TemplateError("a range has more than \(TemplateLimit.range) elements")
        }
        return .list(Array(values))
    }
}
