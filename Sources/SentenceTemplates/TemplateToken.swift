// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The smallest part of an expression.
enum TemplateToken: Sendable, Equatable {
    case name(String)
    case string(String)
    case int(Int)
    case double(Double)
    case symbol(String)

    /// The token as shown in messages.
    var text: String {
        switch self {
        case .name(let text), .symbol(let text): text
        case .string(let text): "\"\(text)\""
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        }
    }
}

extension TemplateScanner {
    /// Longer symbols come first.
    private static let symbols = [
        "==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}",
        ",", ".", ":", "|",
    ]

    /// The tokens up to the end of a tag, which is skipped.
    mutating func tokens(until end: String) throws -> [TemplateToken] {
        var tokens: [TemplateToken] = []
        var depth = 0
        while true {
            while let scalar = peek(), scalar.isSpace { position += 1 }
            guard let scalar = peek() else { throw TemplateError("a tag has no \(end)", line: line) }
            // A brace that closes a dictionary does not end the tag.
            if depth == 0 || end == "%}" {
                if has(end) {
                    position += 2
                    close(nil, trimsLineBreak: end == "%}")
                    return tokens
                }
                if scalar == "-" || scalar == "+", has("\(scalar)" + end) {
                    position += 3
                    close(scalar, trimsLineBreak: end == "%}")
                    return tokens
                }
            }
            switch scalar {
            case "\"", "'": tokens.append(.string(try string(scalar)))
            case "0"..."9": tokens.append(try number())
            case _ where scalar == "_" || scalar.properties.isXIDStart: tokens.append(.name(name()))
            default:
                guard let symbol = Self.symbols.first(where: has) else {
                    throw TemplateError("found \"\(scalar)\" where an expression was expected", line: line)
                }
                position += symbol.unicodeScalars.count
                depth += symbol == "{" ? 1 : symbol == "}" ? -1 : 0
                tokens.append(.symbol(symbol))
            }
        }
    }

    private mutating func name() -> String {
        let start = position
        while let scalar = peek(), scalar == "_" || scalar.properties.isXIDContinue { position += 1 }
        return String(String.UnicodeScalarView(scalars[start..<position]))
    }

    private mutating func number() throws -> TemplateToken {
        let start = position
        func isDigit(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { ("0"..."9").contains($0) } ?? false }
        func skipDigits() { while isDigit(peek()) || peek() == "_" { position += 1 } }
        skipDigits()
        var isInteger = true
        if peek() == ".", isDigit(peek(1)) {
            isInteger = false
            position += 1
            skipDigits()
        }
        let signed = peek(1) == "-" || peek(1) == "+"
        if peek() == "e" || peek() == "E", isDigit(peek(signed ? 2 : 1)) {
            isInteger = false
            position += signed ? 2 : 1
            skipDigits()
        }
        let text = String(String.UnicodeScalarView(scalars[start..<position])).filter { $0 != "_" }
        if isInteger, let number = Int(text) { return .int(number) }
        guard !isInteger, let number = Double(text) else {
            throw TemplateError("the number \(text) is too large", line: line)
        }
        return .double(number)
    }

    private mutating func string(_ quote: Unicode.Scalar) throws -> String {
        var content = String.UnicodeScalarView()
        position += 1
        while let scalar = peek(), scalar != quote {
            position += 1
            guard scalar == "\\" else {
                content.append(scalar)
                continue
            }
            guard let escape = peek() else { break }
            position += 1
            content.append(contentsOf: try unescaped(escape))
        }
        guard peek() == quote else { throw TemplateError("a string has no end", line: line) }
        position += 1
        return String(content)
    }

    private mutating func unescaped(_ escape: Unicode.Scalar) throws -> [Unicode.Scalar] {
        switch escape {
        case "n": return ["\n"]
        case "t": return ["\t"]
        case "r": return ["\r"]
        case "b": return ["\u{8}"]
        case "f": return ["\u{C}"]
        case "v": return ["\u{B}"]
        case "0": return ["\0"]
        case "\n": return []
        case "\\", "'", "\"": return [escape]
        case "x", "u", "U":
            let count = escape == "x" ? 2 : escape == "u" ? 4 : 8
            let digits = (0..<count).compactMap { peek($0) }
            let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
            guard digits.count == count, let scalar = value.flatMap(Unicode.Scalar.init) else {
                throw TemplateError("a string has a bad \\\(escape)", line: line)
            }
            position += count
            return [scalar]
        default: return ["\\", escape]
        }
    }
}
