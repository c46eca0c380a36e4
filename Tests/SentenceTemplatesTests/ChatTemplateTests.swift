// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTemplates
import SentenceTestSupport
import Testing

@Suite("Chat templates are Jinja's")
struct ChatTemplateTests {
    /// A template, messages, and what the reference renders of them; nil where it refuses to.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let template: String
        let variables: [ExactString: TemplateValue]
        let expected: String?

        var testDescription: String { name }
    }

    static let cases: [Case] = {
        guard let config = try? ModelConfig(url: Fixture.url("chat_templates.json")),
            let cases = config.values["cases"]?.asArray, let shared = config.values["variables"]?.asObject
        else { return [] }
        return cases.compactMap(\.asObject).map { members in
            var variables = shared.mapValues(value)
            variables["messages"] = members["messages"].map(value)
            return Case(
                name: members["name"]?.asString ?? "", template: members["template"]?.asString ?? "",
                variables: variables, expected: members["expected"]?.asString)
        }
    }()

    /// A value as templates have it; of an object, role and type stand first, as in messages.
    private static func value(_ value: JSONValue) -> TemplateValue {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .int(let number): .int(number)
        case .double(let number): .double(number)
        case .string(let text), .brokenString(let text): .string(text)
        case .array(let elements): .list(elements.map(Self.value))
        case .object(let members):
            .object(
                members.sorted { ["role", "type"].contains($0.key) && !["role", "type"].contains($1.key) }
                    .map { ($0.key.string, Self.value($0.value)) })
        }
    }

    @Test("Texts are the reference's", arguments: cases)
    func texts(example: Case) throws {
        let found = Result { try ChatTemplate(example.template).render(example.variables) }
        switch (found, example.expected) {
        case (.success(let text), let expected?):
            #expect(
                text.utf8.elementsEqual(expected.utf8), "\(text.debugDescription) is not \(expected.debugDescription)")
        case (.failure(let error), let expected?):
            Issue.record("\(error); expected \(expected.debugDescription)")
        case (.success(let text), nil): Issue.record("\(text.debugDescription), which the reference refuses")
        case (.failure, nil): break
        }
    }

    @Test("There are cases")
    func count() { #expect(Self.cases.count > 60) }

    @Test(
        "What is not known is refused by its name",
        arguments: [
            ("a\n{% include 'x' %}", "chat template, line 2: the tag \"include\" is not supported"),
            ("{% call m() %}{% endcall %}", "the tag \"call\" is not supported"),
            ("{{ x | groupby('a') }}", "the filter \"groupby\" is not supported"),
            ("{{ x is sameas y }}", "the test \"sameas\" is not supported"),
            ("{{ 'x'.format(1) }}", "the method \"format\" of strings is not supported"),
            ("{{ lipsum() }}", "the function \"lipsum\" is not supported"),
            ("{{ 2 ** 3 }}", "the operator ** is not supported"),
            ("{{ strftime_now('%Q') }}", "strftime_now takes no %Q"),
            ("{% if true %}", "elif or else or endif is missing at its end"),
            ("{% endif %}", "the tag \"endif\" is not supported"),
            ("{{ 1", "a tag has no }}"), ("{{ 'a }}", "a string has no end"), ("{# a", "a comment has no end"),
            ("{{ 1 2 }}", "found \"2\", expected the end of the tag"), ("{{ }}", "found the end of the tag"),
            ("{{ a ! b }}", "found \"!\" where an expression was expected"),
            ("{{ 99999999999999999999 }}", "is too large"), ("{{ 9223372036854775807 + 1 }}", "becomes too large"),
            ("{{ 'x' * 99999999 }}", "a text becomes too long"),
            ("{{ raise_exception('not that') }}", "it refuses the input: not that"),
        ])
    func refused(template: String, message: String) {
        let found = errorText { try ChatTemplate(template).render([:]) }
        #expect(found.contains(message), "\(found)")
        #expect(found.hasPrefix("chat template"))
    }

    @Test("Nesting, loops and lengths are bounded")
    func bounds() {
        func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
        let templates = [
            "{{ " + repeated("(", 100_000) + "1" + repeated(")", 100_000) + " }}",
            "{{ " + repeated("not ", 100_000) + "1 }}", "{{ " + repeated("-", 100_000) + "1 }}",
            "{{ 1" + repeated(" + 1", 100_000) + " }}", "{{ a" + repeated(".a", 100_000) + " }}",
            "{{ a" + repeated("|trim", 100_000) + " }}", "{{ 1" + repeated(" if 1", 100_000) + " }}",
            "{{ " + repeated("[", 100_000) + " }}", "{{ 1" + repeated(" if 1 else 1", 100_000) + " }}",
            repeated("{% if true %}", 100_000), repeated("{% for i in a %}", 100_000),
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% set ns = namespace(a='aaaaaaaa') %}{% for i in range(99) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
            "{% set ns = namespace(a=[1]) %}{% for i in range(99) %}{% set ns.a = ns.a + ns.a %}{% endfor %}",
            "{% for i in range(9999) %}{% for i in range(9999) %}{% for i in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
        ]
        for template in templates {
            let found = errorText { try ChatTemplate(template).render(["a": .string("a")]) }
            #expect(found.hasPrefix("chat template"), "\(found)")
        }
    }

    @Test("The time is today's")
    func time() throws {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "dd MMM yyyy, EEEE"
        let before = formatter.string(from: Date())
        let found = try ChatTemplate("{{ strftime_now('%d %b %Y, %A') }}").render([:])
        #expect(found == before || found == formatter.string(from: Date()))
    }

    @Test("Damaged templates end with a text or an error")
    func mutations() throws {
        let sound = Self.cases.prefix(45).map { Array($0.template.utf8) }
        let pieces = ["{{", "}}", "{%", "%}", "-%}", "for", "endfor", "|", "[", "(", "'"].map { Array($0.utf8) }
        let variables = try #require(Self.cases.first).variables
        let (accepted, staysSmall) = Mutations.run(
            "chat templates", of: sound, pieces: pieces, seed: 3, usualCount: 2000
        ) { bytes in
            (try? ChatTemplate(String(decoding: bytes, as: UTF8.self)).render(variables)) != nil
        }
        #expect(accepted > 0 && staysSmall)
    }
}
