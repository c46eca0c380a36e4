// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

/// The template by which a chat model lays out messages as one text: the part of Jinja that such templates use.
///
/// Blocks are trimmed as Hugging Face has it. Anything that is not known is refused by its name, when the template is
/// read where that is possible, else when it is reached. Templates are data from outside: nesting, loops and the length
/// of every text are bounded.
///
/// Jinja, *Template Designer Documentation*, <https://jinja.palletsprojects.com/en/stable/templates/>.
package struct ChatTemplate: Sendable {
    private let body: [TemplateStatement]

    /// Reads a template.
    ///
    /// - Throws: ``TemplateError`` with the line and what is not known there.
    package init(_ source: String) throws {
        var parser = TemplateParser(try TemplateLexer.pieces(of: source))
        body = try parser.parse()
    }

    /// The text that the template makes of variables.
    ///
    /// - Throws: ``TemplateError`` if the template refuses them, or needs what is not known.
    package func render(_ variables: [ExactString: TemplateValue]) throws -> String {
        var interpreter = TemplateInterpreter(variables)
        return try interpreter.render(body)
    }
}

/// What is wrong with a template, and on which of its lines.
package struct TemplateError: Error, CustomStringConvertible {
    let message: String
    let line: Int?

    init(_ message: String, line: Int? = nil) {
        self.message = message
        self.line = line
    }

    /// The same with a line, unless it has one.
    func on(line: Int) -> TemplateError { TemplateError(message, line: self.line ?? line) }

    /// The error in one line.
    package var description: String { "chat template" + (line.map { ", line \($0)" } ?? "") + ": \(message)" }
}

/// What a template may use, since it comes from outside.
enum TemplateLimit {
    /// Bytes of a template, and of any text that it makes.
    static let length = 1 << 24
    /// Elements of a range, as in Jinja's sandbox.
    static let range = 100_000
    /// Statements that are run and expressions that are evaluated.
    static let steps = 10_000_000
    /// Statements and expressions inside each other, where each takes some of the stack.
    static let depth = 200
}
