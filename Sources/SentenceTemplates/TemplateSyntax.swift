// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// What a template does.
indirect enum TemplateStatement: Sendable {
    case text(String)
    case output(TemplateExpression, line: Int)
    /// The first branch whose condition holds; that of `else` has none.
    case branches([(condition: TemplateExpression?, body: [TemplateStatement])], line: Int)
    case loop(TemplateLoop, line: Int)
    case assignment(TemplateTarget, TemplateExpression, line: Int)
    /// A name, and the text that the body makes.
    case capture(TemplateTarget, [TemplateStatement], line: Int)
    case macro(TemplateMacro)
    case leaveLoop
    case nextTurn
}

/// The tag `for … in … if …`.
struct TemplateLoop: Sendable {
    let target: TemplateTarget
    let elements: TemplateExpression
    /// Which elements count; all if nil.
    let condition: TemplateExpression?
    let body: [TemplateStatement]
    /// What is done if there are no elements.
    let otherwise: [TemplateStatement]
}

/// The tag `macro`.
struct TemplateMacro: Sendable {
    let name: String
    let parameters: [(name: String, standard: TemplateExpression?)]
    let body: [TemplateStatement]
}

/// Where a value goes.
enum TemplateTarget: Sendable {
    case name(String)
    case names([String])
    /// A member of a namespace.
    case member(String, String)
}

/// What a template computes.
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

/// Arguments by place and by name.
struct TemplateArguments<Value: Sendable>: Sendable {
    var values: [Value] = []
    var named: [(name: String, value: Value)] = []

    /// The argument at a place, or with a name.
    func value(_ place: Int, _ name: String) -> Value? {
        place < values.count ? values[place] : named.first { $0.name.isExactly(name) }?.value
    }

    func map<Other>(_ transform: (Value) throws -> Other) rethrows -> TemplateArguments<Other> {
        TemplateArguments<Other>(
            values: try values.map(transform), named: try named.map { ($0.name, try transform($0.value)) })
    }
}
