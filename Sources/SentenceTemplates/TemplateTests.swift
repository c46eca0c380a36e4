// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The tests after `is`.
enum TemplateTests {
    /// Operators that can also be used as tests.
    private static let operators = [
        "==": "==", "eq": "==", "equalto": "==", "!=": "!=", "ne": "!=", "<": "<", "lt": "<", "lessthan": "<",
        "<=": "<=", "le": "<=", ">": ">", "gt": ">", "greaterthan": ">", ">=": ">=", "ge": ">=", "in": "in",
    ]

    static let known = Set(operators.keys).union([
        "defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "true", "false", "mapping",
        "sequence", "iterable", "callable", "odd", "even", "divisibleby", "lower", "upper",
    ])

    /// Whether a value passes the test with a name.
    static func holds(
        _ name: String, of value: TemplateValue, _ arguments: TemplateArguments<TemplateValue>
    ) throws -> Bool {
        if let found = operators[name] {
            guard let other = arguments.values.first else { throw TemplateError("the test \"\(name)\" takes a value") }
            return try TemplateArithmetic.apply(found, value, other).isTrue
        }
        switch (name, value) {
        case ("defined", _): return !value.isUndefined
        case ("undefined", _): return value.isUndefined
        case ("none", .null), ("string", .string), ("integer", .int), ("float", .double), ("boolean", .bool):
            return true
        case ("true", .bool(let flag)): return flag
        case ("false", .bool(let flag)): return !flag
        case ("number", .int), ("number", .double), ("number", .bool): return true
        case ("mapping", .object): return true
        case ("sequence", .string), ("sequence", .list), ("sequence", .object), ("sequence", .undefined): return true
        case ("iterable", .string), ("iterable", .list), ("iterable", .object), ("iterable", .undefined): return true
        case ("callable", .macro), ("callable", .function): return true
        case ("odd", _): return try remainder(value, .int(2)) != 0
        case ("even", _): return try remainder(value, .int(2)) == 0
        case ("divisibleby", _): return try remainder(value, arguments.values.first ?? .null) == 0
        case ("lower", .string(let text)): return text == text.lowercased() && text != text.uppercased()
        case ("upper", .string(let text)): return text == text.uppercased() && text != text.lowercased()
        default: return false
        }
    }

    private static func remainder(_ value: TemplateValue, _ divisor: TemplateValue) throws -> Int? {
        try TemplateArithmetic.apply("%", value, divisor).asInt
    }
}
