// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// Runs a template's statements.
struct TemplateInterpreter {
    /// Variables: first those of the whole template, then those of each loop and macro that is running.
    var scopes: [[ExactString: TemplateValue]]
    var namespaces: [[ExactString: TemplateValue]] = []
    var macros: [TemplateMacro] = []
    private var output = ""
    private var steps = 0
    private var depth = 0

    init(_ variables: [ExactString: TemplateValue]) {
        scopes = [variables]
    }

    mutating func render(_ body: [TemplateStatement]) throws -> String {
        _ = try run(body)
        return output
    }

    /// What to do after a statement.
    private enum Flow {
        case goesOn, leavesLoop, takesNextTurn
    }

    /// Counts a step and its nesting depth.
    mutating func step<R>(_ body: (inout Self) throws -> R) throws -> R {
        steps += 1
        depth += 1
        defer { depth -= 1 }
        guard depth < TemplateLimit.depth else { throw TemplateError("it is nested too deep") }
        guard steps < TemplateLimit.steps else { throw TemplateError("it takes too many steps") }
        return try body(&self)
    }

    /// The text that some statements produce.
    private mutating func captured(_ body: [TemplateStatement]) throws -> String {
        let outer = output
        output = ""
        defer { output = outer }
        _ = try run(body)
        return output
    }

    private mutating func run(_ body: [TemplateStatement]) throws -> Flow {
        try step { interpreter in
            for statement in body {
                let flow = try interpreter.run(statement)
                guard case .goesOn = flow else { return flow }
            }
            return .goesOn
        }
    }

    private mutating func run(_ statement: TemplateStatement) throws -> Flow {
        switch statement {
        case .text(let text): try append(text)
        case .output(let expression, let line):
            try append(at(line) { try $0.evaluate(expression).text() })
        case .branches(let branches, let line):
            for branch in branches {
                guard let condition = branch.condition else { return try run(branch.body) }
                if try at(line, { try $0.evaluate(condition).isTrue }) { return try run(branch.body) }
            }
        case .loop(let loop, let line): try run(loop, line)
        case .assignment(let target, let expression, let line):
            try at(line) { try $0.assign($0.evaluate(expression), to: target) }
        case .capture(let target, let body, let line):
            let text = try captured(body)
            try at(line) { try $0.assign(.string(text), to: target) }
        case .macro(let macro):
            macros.append(macro)
            scopes[scopes.count - 1][macro.name] = .macro(macros.count - 1)
        case .leaveLoop: return .leavesLoop
        case .nextTurn: return .takesNextTurn
        }
        return .goesOn
    }

    /// Runs `body`, adding the line to errors.
    private mutating func at<R>(_ line: Int, _ body: (inout Self) throws -> R) throws -> R {
        do {
            return try body(&self)
        } catch let error as TemplateError {
            throw error.on(line: line)
        }
    }

    private mutating func append(_ text: String) throws {
        output += text
        try Self.check(output)
    }

    /// Refuses texts that exceed the limit.
    static func check(_ text: String) throws {
        guard text.utf8.count <= TemplateLimit.length else { throw TemplateError("a text becomes too long") }
    }

    // MARK: Loops

    private mutating func run(_ loop: TemplateLoop, _ line: Int) throws {
        var elements = try at(line) { try $0.evaluate(loop.elements).elements() }
        scopes.append([:])
        defer { scopes.removeLast() }
        if let condition = loop.condition {
            elements = try at(line) { interpreter in
                try elements.filter { element in
                    try interpreter.assign(element, to: loop.target)
                    return try interpreter.evaluate(condition).isTrue
                }
            }
        }
        if elements.isEmpty { _ = try run(loop.otherwise) }
        for index in elements.indices {
            scopes[scopes.count - 1] = ["loop": Self.state(of: elements, at: index)]
            try at(line) { try $0.assign(elements[index], to: loop.target) }
            if case .leavesLoop = try run(loop.body) { return }
        }
    }

    /// The variable `loop`.
    private static func state(of elements: [TemplateValue], at index: Int) -> TemplateValue {
        let count = elements.count
        var members: [(key: String, value: TemplateValue)] = [
            ("index", .int(index + 1)), ("index0", .int(index)), ("revindex", .int(count - index)),
            ("revindex0", .int(count - index - 1)), ("first", .bool(index == 0)), ("last", .bool(index == count - 1)),
            ("length", .int(count)),
        ]
        if index > 0 { members.append(("previtem", elements[index - 1])) }
        if index < count - 1 { members.append(("nextitem", elements[index + 1])) }
        return .object(members)
    }

    private mutating func assign(_ value: TemplateValue, to target: TemplateTarget) throws {
        switch target {
        case .name(let name): scopes[scopes.count - 1][name] = value
        case .names(let names):
            let values = try value.elements()
            guard values.count == names.count else {
                throw TemplateError("\(values.count) values were to go to \(names.joined(separator: ", "))")
            }
            for (name, value) in zip(names, values) { scopes[scopes.count - 1][name] = value }
        case .member(let name, let member):
            guard case .namespace(let index) = variable(name) else {
                throw TemplateError("\"\(name)\" is no namespace, whose members alone can be set")
            }
            namespaces[index][member] = value
        }
    }

    // MARK: Macros

    /// The text of a macro, which can use the variables of the whole template and its own.
    mutating func call(_ macro: TemplateMacro, _ arguments: TemplateArguments<TemplateValue>) throws -> TemplateValue {
        guard arguments.values.count <= macro.parameters.count else {
            throw TemplateError("the macro \"\(macro.name)\" takes \(macro.parameters.count) arguments")
        }
        for (name, _) in arguments.named where !macro.parameters.contains(where: { $0.name.isExactly(name) }) {
            throw TemplateError("the macro \"\(macro.name)\" has no parameter \"\(name)\"")
        }
        let outer = scopes
        scopes = [outer[0], [:]]
        defer { scopes = outer }
        for (place, parameter) in macro.parameters.enumerated() {
            let standard = { (interpreter: inout Self) in
                try parameter.standard.map { try interpreter.evaluate($0) } ?? .undefined(parameter.name)
            }
            scopes[1][parameter.name] = try arguments.value(place, parameter.name) ?? standard(&self)
        }
        return .string(try captured(macro.body))
    }
}
