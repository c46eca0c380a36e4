// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// A statement of a template.
indirect enum TemplateStatement: Sendable {
    case text(String)
    case output(TemplateExpression, line: Int)
    /// The first branch whose condition holds is run; the condition of `else` is nil.
    case branches([(condition: TemplateExpression?, body: [TemplateStatement])], line: Int)
    case loop(TemplateLoop, line: Int)
    case assignment(TemplateTarget, TemplateExpression, line: Int)
    /// Assigns the text that the body produces to a name.
    case capture(TemplateTarget, [TemplateStatement], line: Int)
    case macro(TemplateMacro)
    case leaveLoop
    case nextTurn
}

/// The tag `for … in … if …`.
struct TemplateLoop: Sendable {
    let target: TemplateTarget
    let elements: TemplateExpression
    /// Which elements to use; all if nil.
    let condition: TemplateExpression?
    let body: [TemplateStatement]
    /// What to run if there are no elements.
    let otherwise: [TemplateStatement]
}

/// The tag `macro`.
struct TemplateMacro: Sendable {
    let name: String
    let parameters: [(name: String, standard: TemplateExpression?)]
    let body: [TemplateStatement]
}

/// What a value is assigned to.
enum TemplateTarget: Sendable {
    case name(String)
    case names([String])
    /// A member of a namespace.
    case member(String, String)
}

/// An expression of a template.
indirect enum TemplateExpression: Sendable {
    case literal(TemplateValue)
    case name(String)
    case list([TemplateExpression])
    case object([(key: TemplateExpression, value: TemplateExpression)])
    case member(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(TemplateExpression, start: TemplateExpression?, end: TemplateExpression?, step: TemplateExpression?)
    case call(TemplateExpression, TemplateArguments<TemplateExpression>)
    case filter(TemplateExpression, String, TemplateArguments<TemplateExpression>)
    case test(TemplateExpression, String, TemplateArguments<TemplateExpression>)
    case not(TemplateExpression)
    case negative(TemplateExpression)
    case binary(String, TemplateExpression, TemplateExpression)
    case choice(condition: TemplateExpression, then: TemplateExpression, otherwise: TemplateExpression?)
}

/// Positional and named arguments.
struct TemplateArguments<Value: Sendable>: Sendable {
    var values: [Value] = []
    var named: [(name: String, value: Value)] = []

    /// The argument at a position, or with a name.
    func value(_ place: Int, _ name: String) -> Value? {
        place < values.count ? values[place] : named.first { $0.name.isExactly(name) }?.value
    }

    func map<Other>(_ transform: (Value) throws -> Other) rethrows -> TemplateArguments<Other> {
        TemplateArguments<Other>(
            values: try values.map(transform), named: try named.map { ($0.name, try transform($0.value)) })
    }
}
