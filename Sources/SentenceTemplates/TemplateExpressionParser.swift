// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Parses the expressions of one tag, from the loosest to the tightest binding.
struct TemplateExpressionParser {
    private let tokens: [TemplateToken]
    private let line: Int
    private var index = 0
    private var depth = 0

    init(_ tokens: [TemplateToken], line: Int) {
        self.tokens = tokens
        self.line = line
    }

    // MARK: Tokens

    private var next: TemplateToken? { index < tokens.count ? tokens[index] : nil }

    private func unexpected(_ expected: String) -> TemplateError {
        TemplateError(
            "found \(next.map { "\"\($0.text)\"" } ?? "the end of the tag"), expected \(expected)", line: line)
    }

    /// Whether the next token is the given one; if so, it is skipped.
    mutating func skip(_ token: TemplateToken) -> Bool {
        guard next == token else { return false }
        index += 1
        return true
    }

    mutating func expect(_ token: TemplateToken) throws {
        guard skip(token) else { throw unexpected("\"\(token.text)\"") }
    }

    mutating func name() throws -> String {
        guard case .name(let name)? = next else { throw unexpected("a name") }
        index += 1
        return name
    }

    /// Comma-separated names, optionally in parentheses.
    mutating func names() throws -> [String] {
        let isEnclosed = skip(.symbol("("))
        var names = [try name()]
        while skip(.symbol(",")) { names.append(try name()) }
        if isEnclosed { try expect(.symbol(")")) }
        return names
    }

    /// Checks that nothing else follows in the tag.
    func finish() throws {
        guard next == nil else { throw unexpected("the end of the tag") }
    }

    /// The expression that makes up the rest of the tag.
    mutating func whole() throws -> TemplateExpression {
        let first = try expression()
        guard next == .symbol(",") else {
            try finish()
            return first
        }
        var elements = [first]
        while skip(.symbol(",")), next != nil { elements.append(try expression()) }
        try finish()
        return .list(elements)
    }

    /// Parses an expression nested in another one.
    private mutating func nested<R>(_ body: (inout Self) throws -> R) throws -> R {
        depth += 1
        defer { depth -= 1 }
        guard depth < TemplateLimit.depth / 4 else { throw tooDeep }
        return try body(&self)
    }

    private var tooDeep: TemplateError { TemplateError("an expression is nested too deep", line: line) }

    /// An expression followed by any number of operators, each of which nests it more deeply.
    private mutating func chain(
        _ first: TemplateExpression, _ extend: (inout Self, TemplateExpression) throws -> TemplateExpression?
    ) throws -> TemplateExpression {
        var result = first
        var count = 0
        while let longer = try extend(&self, result) {
            result = longer
            count += 1
            guard count < TemplateLimit.depth / 2 else { throw tooDeep }
        }
        return result
    }

    // MARK: Operators

    /// A complete expression, such as `a if b else c`.
    mutating func expression() throws -> TemplateExpression {
        try nested { parser in
            try parser.chain(parser.withoutChoice()) { parser, value in
                guard parser.skip(.name("if")) else { return nil }
                let condition = try parser.withoutChoice()
                let otherwise = parser.skip(.name("else")) ? try parser.expression() : nil
                return .choice(condition: condition, then: value, otherwise: otherwise)
            }
        }
    }

    /// An expression without a conditional `if` after it.
    mutating func withoutChoice() throws -> TemplateExpression {
        try binary([.name("or")]) { try $0.binary([.name("and")]) { try $0.negation() } }
    }

    private mutating func binary(
        _ operators: [TemplateToken], _ operand: (inout Self) throws -> TemplateExpression
    ) throws -> TemplateExpression {
        try chain(operand(&self)) { parser, left in
            guard let found = parser.next, operators.contains(found) else { return nil }
            parser.index += 1
            return .binary(found.text, left, try operand(&parser))
        }
    }

    private mutating func negation() throws -> TemplateExpression {
        guard skip(.name("not")) else { return try comparison() }
        return .not(try nested { try $0.negation() })
    }

    private static let comparisons = ["==", "!=", "<", "<=", ">", ">="].map(TemplateToken.symbol)

    private mutating func comparison() throws -> TemplateExpression {
        let first = try sum()
        var previous = first
        var isChained = false
        return try chain(first) { parser, left in
            let isNegated = parser.next == .name("not")
            if isNegated {
                guard parser.index + 1 < parser.tokens.count, parser.tokens[parser.index + 1] == .name("in") else {
                    return nil
                }
                parser.index += 1
            }
            guard let found = parser.next, found == .name("in") || Self.comparisons.contains(found) else { return nil }
            parser.index += 1
            let right = try parser.sum()
            let compared = TemplateExpression.binary(found.text, previous, right)
            let result = isNegated ? .not(compared) : compared
            defer { (previous, isChained) = (right, true) }
            // a < b < c is a < b and b < c.
            return isChained ? .binary("and", left, result) : result
        }
    }

    private mutating func sum() throws -> TemplateExpression {
        try binary([.symbol("+"), .symbol("-")]) { parser in
            try parser.binary([.symbol("~")]) { parser in
                try parser.binary(["*", "/", "//", "%"].map(TemplateToken.symbol)) { try $0.sign() }
            }
        }
    }

    /// Signs and powers, followed by filters and tests.
    private mutating func sign(takesFilters: Bool = true) throws -> TemplateExpression {
        let value: TemplateExpression
        if skip(.symbol("-")) {
            value = .negative(try nested { try $0.sign(takesFilters: false) })
        } else if skip(.symbol("+")) {
            value = try nested { try $0.sign(takesFilters: false) }
        } else {
            let base = try postfix(primary())
            value =
                skip(.symbol("**")) ? .binary("**", base, try nested { try $0.sign(takesFilters: false) }) : base
        }
        return takesFilters ? try filters(value) : value
    }

    // MARK: After a value

    /// Members, items and calls.
    private mutating func postfix(_ value: TemplateExpression) throws -> TemplateExpression {
        try chain(value) { parser, value in
            switch parser.next {
            case .symbol("."):
                parser.index += 1
                if case .int(let number)? = parser.next {
                    parser.index += 1
                    return .item(value, .literal(.int(number)))
                }
                return .member(value, try parser.name())
            case .symbol("["):
                parser.index += 1
                return try parser.item(of: value)
            case .symbol("("):
                parser.index += 1
                return .call(value, try parser.arguments())
            default: return nil
            }
        }
    }

    private mutating func item(of value: TemplateExpression) throws -> TemplateExpression {
        var parts: [TemplateExpression?] = []
        while true {
            parts.append(next == .symbol(":") || next == .symbol("]") ? nil : try expression())
            if skip(.symbol("]")) { break }
            guard parts.count < 3 else { throw unexpected("\"]\"") }
            try expect(.symbol(":"))
        }
        if parts.count == 1 {
            guard let index = parts[0] else { throw unexpected("an index") }
            return .item(value, index)
        }
        return .slice(value, start: parts[0], end: parts[1], step: parts.count > 2 ? parts[2] : nil)
    }

    private mutating func arguments() throws -> TemplateArguments<TemplateExpression> {
        var arguments = TemplateArguments<TemplateExpression>()
        var isFirst = true
        while !skip(.symbol(")")) {
            if !isFirst { try expect(.symbol(",")) }
            isFirst = false
            if skip(.symbol(")")) { break }
            if case .name(let name)? = next, index + 1 < tokens.count, tokens[index + 1] == .symbol("=") {
                index += 2
                arguments.named.append((name, try expression()))
            } else {
                arguments.values.append(try expression())
            }
        }
        return arguments
    }

    /// `| name(…)` and `is name(…)`.
    private mutating func filters(_ value: TemplateExpression) throws -> TemplateExpression {
        try chain(value) { parser, value in
            if parser.skip(.symbol("|")) {
                let name = try parser.name()
                guard TemplateFilters.known.contains(name) else {
                    throw TemplateError("the filter \"\(name)\" is not supported by this version", line: parser.line)
                }
                let arguments = parser.skip(.symbol("(")) ? try parser.arguments() : .init()
                return .filter(value, name, arguments)
            }
            return parser.skip(.name("is")) ? try parser.test(of: value) : nil
        }
    }

    private static let operatorWords = ["and", "or", "else", "if", "is", "in", "not"]

    private mutating func test(of value: TemplateExpression) throws -> TemplateExpression {
        let isNegated = skip(.name("not"))
        let name = skip(.symbol("==")) ? "==" : try self.name()
        guard TemplateTests.known.contains(name) else {
            throw TemplateError("the test \"\(name)\" is not supported by this version", line: line)
        }
        var arguments = TemplateArguments<TemplateExpression>()
        if skip(.symbol("(")) {
            arguments = try self.arguments()
        } else if startsValue {
            // A single argument does not need parentheses.
            arguments.values = [try nested { try $0.postfix($0.primary()) }]
        }
        let test = TemplateExpression.test(value, name, arguments)
        return isNegated ? .not(test) : test
    }

    private var startsValue: Bool {
        switch next {
        case .name(let name): !Self.operatorWords.contains(name)
        case .string, .int, .double: true
        case .symbol(let symbol): symbol == "[" || symbol == "{"
        case nil: false
        }
    }

    // MARK: Values

    private static let constants: [String: TemplateValue] = [
        "true": .bool(true), "True": .bool(true), "false": .bool(false), "False": .bool(false), "none": .null,
        "None": .null,
    ]

    private mutating func primary() throws -> TemplateExpression {
        guard let token = next else { throw unexpected("an expression") }
        index += 1
        switch token {
        case .name(let name):
            guard !Self.operatorWords.contains(name) else {
                index -= 1
                throw unexpected("an expression")
            }
            return Self.constants[name].map { .literal($0) } ?? .name(name)
        case .int(let number): return .literal(.int(number))
        case .double(let number): return .literal(.double(number))
        case .string(let first):
            var text = first
            // Adjacent strings are concatenated.
            while case .string(let more)? = next {
                text += more
                index += 1
            }
            return .literal(.string(text))
        case .symbol("("):
            if skip(.symbol(")")) { return .list([]) }
            let first = try expression()
            guard next == .symbol(",") else {
                try expect(.symbol(")"))
                return first
            }
            return .list(try elements(first, until: ")"))
        case .symbol("["):
            if skip(.symbol("]")) { return .list([]) }
            return .list(try elements(expression(), until: "]"))
        case .symbol("{"): return .object(try members())
        case .symbol:
            index -= 1
            throw unexpected("an expression")
        }
    }

    /// The rest of a list after its first element.
    private mutating func elements(_ first: TemplateExpression, until end: String) throws -> [TemplateExpression] {
        var elements = [first]
        while !skip(.symbol(end)) {
            try expect(.symbol(","))
            if skip(.symbol(end)) { break }
            elements.append(try expression())
        }
        return elements
    }

    private mutating func members() throws -> [(key: TemplateExpression, value: TemplateExpression)] {
        var members: [(key: TemplateExpression, value: TemplateExpression)] = []
        while !skip(.symbol("}")) {
            if !members.isEmpty { try expect(.symbol(",")) }
            if skip(.symbol("}")) { break }
            let key = try expression()
            try expect(.symbol(":"))
            members.append((key, try expression()))
        }
        return members
    }
}
