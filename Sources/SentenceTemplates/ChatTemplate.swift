// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

/// The template with which a chat model turns messages into one text: the part of Jinja that such templates use.
///
/// Blocks are trimmed as in Hugging Face's libraries. Anything unknown is refused by its name, if possible when the
/// template is read, otherwise when it is reached. Templates come from outside, so nesting, loops and the length of
/// every text are limited.
///
/// Jinja, *Template Designer Documentation*, <https://jinja.palletsprojects.com/en/stable/templates/>.
package struct ChatTemplate: Sendable {
    private let body: [TemplateStatement]

    /// Parses a template.
    ///
    /// - Throws: ``TemplateError`` with the line and what is unknown there.
    package init(_ source: String) throws {
        var parser = TemplateParser(try TemplateLexer.pieces(of: source))
        body = try parser.parse()
    }

    /// The text that the template produces from variables.
    ///
    /// - Throws: ``TemplateError`` if the template rejects them, or needs something unknown.
    package func render(_ variables: [ExactString: TemplateValue]) throws -> String {
        var interpreter = TemplateInterpreter(variables)
        return try interpreter.render(body)
    }
}

/// An error in a template, and its line.
package struct TemplateError: Error, CustomStringConvertible {
    let message: String
    let line: Int?

    init(_ message: String, line: Int? = nil) {
        self.message = message
        self.line = line
    }

    /// The same error with a line, unless it already has one.
    func on(line: Int) -> TemplateError { TemplateError(message, line: self.line ?? line) }

    /// The error in one line.
    package var description: String { "chat template" + (line.map { ", line \($0)" } ?? "") + ": \(message)" }
}

/// Limits for templates, since they come from outside.
enum TemplateLimit {
    /// The largest number of bytes in a template, and in any text that it produces.
    static let length = 1 << 24
    /// The largest number of elements in a range, as in Jinja's sandbox.
    static let range = 100_000
    /// The largest number of statements and expressions evaluated.
    static let steps = 10_000_000
    /// The deepest nesting of statements and expressions, each of which uses some of the stack.
    static let depth = 200
}
