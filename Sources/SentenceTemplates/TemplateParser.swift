// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Parses the statements of a template.
struct TemplateParser {
    private let pieces: [TemplatePiece]
    private var index = 0
    private var depth = 0

    init(_ pieces: [TemplatePiece]) {
        self.pieces = pieces
    }

    /// The whole template.
    mutating func parse() throws -> [TemplateStatement] {
        let (body, end) = try statements(until: [])
        if let end { throw TemplateError("\"\(end.name)\" has no beginning", line: end.line) }
        return body
    }

    /// A tag that ends a body: its name and the rest of it.
    private typealias End = (name: String, rest: TemplateExpressionParser, line: Int)

    /// The statements up to a tag with one of the names, or to the end of the template.
    private mutating func statements(until ends: Set<String>) throws -> (body: [TemplateStatement], end: End?) {
        var body: [TemplateStatement] = []
        depth += 1
        defer { depth -= 1 }
        guard depth < TemplateLimit.depth else { throw TemplateError("its tags are nested too deep") }
        while index < pieces.count {
            let piece = pieces[index]
            index += 1
            switch piece {
            case .text(let text): if !text.isEmpty { body.append(.text(text)) }
            case .output(let tokens, let line):
                var parser = TemplateExpressionParser(tokens, line: line)
                body.append(.output(try parser.whole(), line: line))
            case .tag(let tokens, let line):
                var parser = TemplateExpressionParser(tokens, line: line)
                let name = try parser.name()
                if ends.contains(name) { return (body, (name, parser, line)) }
                // Marks the model's own output, which is only needed for training.
                if name == "generation" {
                    body += try self.body(until: "endgeneration", line)
                } else {
                    body.append(try statement(name, parser, line))
                }
            }
        }
        guard ends.isEmpty else {
            throw TemplateError("\(ends.sorted().joined(separator: " or ")) is missing at its end")
        }
        return (body, nil)
    }

    /// The statements up to the tag that must end them.
    private mutating func body(until end: String, _ line: Int) throws -> [TemplateStatement] {
        let (body, found) = try statements(until: [end])
        try found?.rest.finish()
        return body
    }

    private mutating func statement(
        _ name: String, _ parser: TemplateExpressionParser, _ line: Int
    ) throws -> TemplateStatement {
        switch name {
        case "if": return try branches(parser, line)
        case "for": return try loop(parser, line)
        case "set": return try assignment(parser, line)
        case "macro": return try macro(parser, line)
        case "break", "continue":
            try parser.finish()
            return name == "break" ? .leaveLoop : .nextTurn
        default: throw TemplateError("the tag \"\(name)\" is not supported by this version", line: line)
        }
    }

    private mutating func branches(_ first: TemplateExpressionParser, _ line: Int) throws -> TemplateStatement {
        var branches: [(condition: TemplateExpression?, body: [TemplateStatement])] = []
        var parser = first
        var condition: TemplateExpression? = try parser.whole()
        while true {
            let isLast = condition == nil
            let (body, end) = try statements(until: isLast ? ["endif"] : ["elif", "else", "endif"])
            branches.append((condition, body))
            guard var end, end.name != "endif" else {
                return .branches(branches, line: line)
            }
            if end.name == "elif" {
                condition = try end.rest.whole()
            } else {
                try end.rest.finish()
                condition = nil
            }
        }
    }

    private mutating func loop(_ parser: TemplateExpressionParser, _ line: Int) throws -> TemplateStatement {
        var parser = parser
        let names = try parser.names()
        try parser.expect(.name("in"))
        let elements = try parser.withoutChoice()
        let condition = parser.skip(.name("if")) ? try parser.expression() : nil
        try parser.finish()
        let (body, end) = try statements(until: ["else", "endfor"])
        let otherwise = end?.name == "else" ? try self.body(until: "endfor", line) : []
        let target: TemplateTarget = names.count == 1 ? .name(names[0]) : .names(names)
        return .loop(
            TemplateLoop(target: target, elements: elements, condition: condition, body: body, otherwise: otherwise),
            line: line)
    }

    private mutating func assignment(_ parser: TemplateExpressionParser, _ line: Int) throws -> TemplateStatement {
        var parser = parser
        let names = try parser.names()
        var target: TemplateTarget = names.count == 1 ? .name(names[0]) : .names(names)
        if names.count == 1, parser.skip(.symbol(".")) { target = .member(names[0], try parser.name()) }
        guard parser.skip(.symbol("=")) else {
            try parser.finish()
            return .capture(target, try body(until: "endset", line), line: line)
        }
        return .assignment(target, try parser.whole(), line: line)
    }

    private mutating func macro(_ parser: TemplateExpressionParser, _ line: Int) throws -> TemplateStatement {
        var parser = parser
        let name = try parser.name()
        var parameters: [(name: String, standard: TemplateExpression?)] = []
        try parser.expect(.symbol("("))
        while !parser.skip(.symbol(")")) {
            if !parameters.isEmpty { try parser.expect(.symbol(",")) }
            let parameter = try parser.name()
            parameters.append((parameter, parser.skip(.symbol("=")) ? try parser.expression() : nil))
        }
        try parser.finish()
        let body = try body(until: "endmacro", line)
        return .macro(TemplateMacro(name: name, parameters: parameters, body: body))
    }
}
