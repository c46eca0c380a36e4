// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A template cut at its tags.
enum TemplatePiece: Sendable {
    case text(String)
    /// `{{ … }}`
    case output([TemplateToken], line: Int)
    /// `{% … %}`
    case tag([TemplateToken], line: Int)
}

/// Splits a template into texts and tags, and removes white space as Jinja does.
///
/// As with `trim_blocks` and `lstrip_blocks`, one line break after a tag or comment is removed, and so is white space
/// between the beginning of a line and a tag or comment. A minus at either end of a tag removes all white space next to
/// it, a plus keeps it.
enum TemplateLexer {
    static func pieces(of source: String) throws -> [TemplatePiece] {
        guard source.utf8.count < TemplateLimit.length else { throw TemplateError("it is too long") }
        var scanner = TemplateScanner(source)
        var pieces: [TemplatePiece] = []
        while true {
            var text = scanner.text()
            guard let opening = scanner.opening() else {
                pieces.append(.text(text.string))
                return pieces
            }
            let sign = scanner.sign()
            if sign == "-" {
                text.trimEnd()
            } else if sign != "+", opening != .output {
                text.trimIndentation()
            }
            pieces.append(.text(text.string))
            let line = scanner.line
            switch opening {
            case .comment: try scanner.skipComment()
            case .output: pieces.append(.output(try scanner.tokens(until: "}}"), line: line))
            case .tag: pieces.append(.tag(try scanner.tokens(until: "%}"), line: line))
            }
        }
    }
}

/// A position in a template.
struct TemplateScanner {
    enum Opening {
        case output, tag, comment
    }

    /// A text between tags, and whether it begins a line.
    struct Text {
        fileprivate var scalars: ArraySlice<Unicode.Scalar>
        fileprivate let beginsLine: Bool

        fileprivate var string: String { String(String.UnicodeScalarView(scalars)) }

        fileprivate mutating func trimEnd() {
            while let last = scalars.last, last.isSpace { scalars.removeLast() }
        }

        /// Removes the white space before a tag if nothing else precedes it on its line.
        fileprivate mutating func trimIndentation() {
            let start = scalars.lastIndex(of: "\n").map { $0 + 1 }
            guard start != nil || beginsLine else { return }
            let indentation = scalars[(start ?? scalars.startIndex)...]
            if indentation.allSatisfy(\.isSpace) { scalars.removeLast(indentation.count) }
        }
    }

    let scalars: [Unicode.Scalar]
    var position = 0
    private(set) var line = 1
    private var counted = 0
    private var beginsLine = true

    init(_ source: String) {
        var scalars: [Unicode.Scalar] = []
        var previous: Unicode.Scalar?
        for scalar in source.unicodeScalars {
            // "\r\n" and "\r" are line breaks like "\n".
            if !(scalar == "\n" && previous == "\r") { scalars.append(scalar == "\r" ? "\n" : scalar) }
            previous = scalar
        }
        // A line break at the very end is dropped.
        if scalars.last == "\n" { scalars.removeLast() }
        self.scalars = scalars
    }

    /// The scalar so many positions ahead.
    func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        position + offset < scalars.count ? scalars[position + offset] : nil
    }

    /// Whether another text follows at this position.
    func has(_ text: String) -> Bool {
        text.unicodeScalars.enumerated().allSatisfy { peek($0.offset) == $0.element }
    }

    /// All text up to the next tag.
    fileprivate mutating func text() -> Text {
        let start = position
        while position < scalars.count, !(peek() == "{" && ["{", "%", "#"].contains(peek(1))) { position += 1 }
        return Text(scalars: scalars[start..<position], beginsLine: beginsLine)
    }

    /// The opening of a tag; nil at the end.
    fileprivate mutating func opening() -> Opening? {
        guard position < scalars.count else { return nil }
        let opening: Opening = peek(1) == "{" ? .output : peek(1) == "%" ? .tag : .comment
        position += 2
        countLines()
        return opening
    }

    /// The sign directly after the opening of a tag, which is not part of its expression.
    fileprivate mutating func sign() -> Unicode.Scalar? {
        guard let sign = peek(), sign == "-" || sign == "+" else { return nil }
        position += 1
        return sign
    }

    mutating func countLines() {
        line += scalars[counted..<position].count { $0 == "\n" }
        counted = position
    }

    fileprivate mutating func skipComment() throws {
        while position < scalars.count, !has("#}") { position += 1 }
        guard position < scalars.count else { throw TemplateError("a comment has no end", line: line) }
        let sign = scalars[position - 1]
        position += 2
        close(sign, trimsLineBreak: true)
    }

    /// Continues after a tag, removing the white space that the tag asks for.
    mutating func close(_ sign: Unicode.Scalar?, trimsLineBreak: Bool) {
        let start = position
        if sign == "-" {
            while let scalar = peek(), scalar.isSpace { position += 1 }
        } else if trimsLineBreak, sign != "+", peek() == "\n" {
            position += 1
        }
        beginsLine = position > start && scalars[position - 1] == "\n"
        countLines()
    }
}

extension Unicode.Scalar {
    /// White space as defined by Python.
    var isSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
}
