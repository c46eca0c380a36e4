// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A regular expression as a tree.
indirect enum RegexNode: Sendable {
    enum Greed: Sendable {
        case greedy, lazy, possessive
    }

    enum Assertion: Sendable {
        case lineStart, lineEnd, textStart, textEnd, textEndOrLastLine, wordBoundary, noWordBoundary
    }

    case set(ScalarSet)
    case sequence([RegexNode])
    case alternatives([RegexNode])
    case repetition(RegexNode, minimum: Int, maximum: Int?, Greed)
    case assertion(Assertion)
    /// Text that must, or must not, follow or precede.
    case look(RegexNode, isAhead: Bool, isNegated: Bool)
    /// A match that is not backtracked into.
    case atomic(RegexNode)

    /// The smallest and the largest number of scalars that match; nil for any number.
    var width: (least: Int, greatest: Int?) {
        switch self {
        case .set: (1, 1)
        case .sequence(let nodes):
            nodes.reduce((0, 0)) { total, node in
                let width = node.width
                return (total.0 + width.least, total.1.flatMap { sum in width.greatest.map { sum + $0 } })
            }
        case .alternatives(let nodes):
            nodes.map(\.width).reduce((Int.max, 0)) { result, width in
                (min(result.0, width.least), result.1.flatMap { sum in width.greatest.map { max(sum, $0) } })
            }
        case .repetition(let node, let minimum, let maximum, _):
            (
                node.width.least.multipliedReportingOverflow(by: minimum).partialValue,
                maximum.flatMap { limit in node.width.greatest.map { $0 * limit } }
            )
        case .assertion, .look: (0, 0)
        case .atomic(let node): node.width
        }
    }
}

/// Parses regular expressions in the reference's dialect (Oniguruma), as far as tokenizers use it.
struct RegexParser {
    private let pattern: [UInt32]
    private var position = 0
    private var ignoresCase = false
    private var depth = 0
    private let text: String

    /// The deepest nesting of groups.
    private static let maximumDepth = 40
    private static let maximumRepetition = 1000

    private init(_ text: String) {
        self.text = text
        pattern = text.unicodeScalars.map(\.value)
    }

    static func parse(_ text: String) throws(TokenizerError) -> RegexNode {
        var parser = RegexParser(text)
        let node = try parser.alternatives()
        guard parser.position == parser.pattern.count else { throw parser.unsupported("an unmatched )") }
        return node
    }

    func unsupported(_ what: String) -> TokenizerError {
        TokenizerError(
            .unsupportedComponent,
            "the regular expression \(text) has \(what) at character \(position), which this version does not support")
    }

    private func peek(_ offset: Int = 0) -> Character? {
        guard position + offset < pattern.count, let scalar = Unicode.Scalar(pattern[position + offset]) else {
            return nil
        }
        return Character(scalar)
    }

    private mutating func consume(_ expected: String) -> Bool {
        let scalars = expected.unicodeScalars.map(\.value)
        guard pattern[position...].starts(with: scalars) else { return false }
        position += scalars.count
        return true
    }

    private mutating func alternatives() throws(TokenizerError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw unsupported("groups nested too deeply") }
        let outerCase = ignoresCase
        defer { ignoresCase = outerCase }
        var branches = [try sequence()]
        while consume("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(TokenizerError) -> RegexNode {
        var nodes: [RegexNode] = []
        while let next = peek(), next != "|", next != ")" {
            var node = try atom()
            while let (minimum, maximum, greed) = try quantifier() {
                if node.width.least == 0, maximum == nil {
                    throw unsupported("an unlimited repetition of what can be empty")
                }
                node = .repetition(node, minimum: minimum, maximum: maximum, greed)
            }
            nodes.append(node)
        }
        return .sequence(nodes)
    }

    private mutating func quantifier() throws(TokenizerError) -> (Int, Int?, RegexNode.Greed)? {
        var bounds: (Int, Int?)
        switch peek() {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            guard let counted = try countedBounds() else { return nil }
            // After braces, a plus is another repetition and not possessive.
            return (counted.0, counted.1, consume("?") ? .lazy : .greedy)
        default: return nil
        }
        position += 1
        return (bounds.0, bounds.1, consume("?") ? .lazy : consume("+") ? .possessive : .greedy)
    }

    /// `{2}`, `{2,}`, `{,3}` or `{2,3}`; anything else is literal text.
    private mutating func countedBounds() throws(TokenizerError) -> (Int, Int?)? {
        let start = position
        position += 1
        let minimum = number()
        let hasComma = consume(",")
        let maximum = hasComma ? number() : minimum
        guard consume("}"), minimum != nil || maximum != nil else {
            position = start
            return nil
        }
        guard max(minimum ?? 0, maximum ?? 0) <= Self.maximumRepetition, (minimum ?? 0) <= maximum ?? Int.max else {
            throw unsupported("a repetition out of bounds")
        }
        return (minimum ?? 0, maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while position < pattern.count, pattern[position] &- 0x30 < 10 {
            value = min((value ?? 0) * 10 + Int(pattern[position] - 0x30), 1 << 30)
            position += 1
        }
        return value
    }

    private func literal(_ scalar: UInt32) -> RegexNode {
        .set(ScalarSet([.range(scalar, scalar)], ignoresCase: ignoresCase))
    }

    private mutating func atom() throws(TokenizerError) -> RegexNode {
        guard let next = peek() else { throw unsupported("an unexpected end") }
        switch next {
        case "(": return try group()
        case "[": return .set(try set())
        case ".":
            position += 1
            return .set(ScalarSet([.range(0x0A, 0x0A)], isInverted: true))
        case "^", "$":
            position += 1
            return .assertion(next == "^" ? .lineStart : .lineEnd)
        case "*", "+", "?": throw unsupported("a repetition of nothing")
        case "\\":
            if let assertion = assertion() { return .assertion(assertion) }
            switch try escape() {
            case .range(let scalar, _): return literal(scalar)
            case let item: return .set(ScalarSet([item]))
            }
        default:
            position += 1
            return literal(pattern[position - 1])
        }
    }

    private mutating func assertion() -> RegexNode.Assertion? {
        let found: RegexNode.Assertion
        switch peek(1) {
        case "b": found = .wordBoundary
        case "B": found = .noWordBoundary
        case "A": found = .textStart
        case "z": found = .textEnd
        case "Z": found = .textEndOrLastLine
        default: return nil
        }
        position += 2
        return found
    }

    private mutating func group() throws(TokenizerError) -> RegexNode {
        position += 1
        let node: RegexNode
        if consume("?:") {
            node = try alternatives()
        } else if consume("?=") {
            node = .look(try alternatives(), isAhead: true, isNegated: false)
        } else if consume("?!") {
            node = .look(try alternatives(), isAhead: true, isNegated: true)
        } else if consume("?<=") {
            node = try lookBehind(isNegated: false)
        } else if consume("?<!") {
            node = try lookBehind(isNegated: true)
        } else if consume("?>") {
            node = .atomic(try alternatives())
        } else if consume("?i:") {
            let outer = ignoresCase
            ignoresCase = true
            node = try alternatives()
            ignoresCase = outer
        } else if consume("?i)") {
            // Applies until the end of the enclosing group, including its alternatives.
            ignoresCase = true
            return try alternativesWithoutScope()
        } else if peek() == "?" {
            throw unsupported("a special group")
        } else {
            node = try alternatives()
        }
        guard consume(")") else { throw unsupported("a group without end") }
        return node
    }

    private mutating func alternativesWithoutScope() throws(TokenizerError) -> RegexNode {
        var branches = [try sequence()]
        while consume("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func lookBehind(isNegated: Bool) throws(TokenizerError) -> RegexNode {
        let node = try alternatives()
        guard node.width.least == node.width.greatest else { throw unsupported("a look behind of varying length") }
        return .look(node, isAhead: false, isNegated: isNegated)
    }

    private mutating func set() throws(TokenizerError) -> ScalarSet {
        position += 1
        let isInverted = consume("^")
        var items: [ScalarSet.Item] = []
        while let next = peek(), next != "]" || items.isEmpty {
            if next == "[" || consume("&&") { throw unsupported("a set inside a set") }
            var item: ScalarSet.Item
            if next == "\\" {
                item = try escape()
                if case .word = item { item = .wordInBrackets }
                if case .not(.word) = item { item = .not(.wordInBrackets) }
            } else {
                item = .range(pattern[position], pattern[position])
                position += 1
            }
            if case .range(let first, _) = item, peek() == "-", let last = peek(1), last != "]" {
                position += 1
                var end: ScalarSet.Item = .range(pattern[position], pattern[position])
                if last == "\\" { end = try escape() } else { position += 1 }
                guard case .range(let final, _) = end, final >= first else { throw unsupported("a range without end") }
                item = .range(first, final)
            }
            items.append(item)
        }
        guard consume("]") else { throw unsupported("a set without end") }
        return ScalarSet(items, isInverted: isInverted, ignoresCase: ignoresCase)
    }

    /// A backslash and what follows: a scalar, or a set of scalars.
    private mutating func escape() throws(TokenizerError) -> ScalarSet.Item {
        position += 1
        guard let next = peek() else { throw unsupported("an unfinished escape") }
        position += 1
        let digits = ScalarSet.Item.categories(ScalarCategories(named: "Nd") ?? [])
        let controls: [Character: UInt32] = ["n": 0x0A, "r": 0x0D, "t": 0x09, "f": 0x0C, "v": 0x0B, "a": 7, "e": 0x1B]
        if let control = controls[next] { return .range(control, control) }
        switch next {
        case "s": return .space
        case "S": return .not(.space)
        case "w": return .word
        case "W": return .not(.word)
        case "d": return digits
        case "D": return .not(digits)
        case "p", "P": return try property(isInverted: next == "P")
        case "x", "u": return try hexadecimal(isLong: next == "u")
        default:
            let scalar = pattern[position - 1]
            let isLetter = scalar < 0x80 && ScalarProperties(scalar).isPatternWord
            if isLetter && next != "_" { throw unsupported("the escape \\\(next)") }
            return .range(scalar, scalar)
        }
    }

    private mutating func property(isInverted: Bool) throws(TokenizerError) -> ScalarSet.Item {
        guard consume("{") else { throw unsupported("a property without a name") }
        let isOpposite = consume("^")
        var name = ""
        while let next = peek(), next != "}" {
            name.append(next)
            position += 1
        }
        guard consume("}"), let categories = ScalarCategories(named: name) else {
            throw unsupported("the property \(name)")
        }
        return isInverted != isOpposite ? .not(.categories(categories)) : .categories(categories)
    }

    private mutating func hexadecimal(isLong: Bool) throws(TokenizerError) -> ScalarSet.Item {
        let isBraced = !isLong && consume("{")
        var value: UInt32 = 0
        var count = 0
        while let digit = peek()?.hexDigitValue, count < (isBraced ? 6 : isLong ? 4 : 2) {
            value = value << 4 | UInt32(digit)
            position += 1
            count += 1
        }
        guard count > 0, !isBraced || consume("}"), Unicode.Scalar(value) != nil, isBraced || isLong || value < 0x80
        else {
            throw unsupported("a character by number")
        }
        return .range(value, value)
    }
}
