// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A regular expression in a file that has no hand-written scanner.
///
/// A backtracking machine over UTF-8, with the categories and white space of the reference's tables. The number of
/// steps for a text is limited; if they do not suffice, the text is refused with an error that names the expression.
/// Back references, sets inside sets, scripts, lookbehind of varying length, and unlimited repetition of what can be
/// empty are not supported, and are refused when the file is loaded.
struct RegularExpression: TextPattern {
    private let text: String
    private let program: RegexProgram

    init(_ pattern: String) throws(TokenizerError) {
        text = pattern
        program = try RegexProgram(try RegexParser.parse(pattern), pattern)
    }

    /// The step limit for a text with so many bytes: far more than the expression of any tokenizer in use needs.
    private static func stepLimit(_ count: Int) -> Int { 100_000 + 500 * count }

    func forEachMatch(
        _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
    ) -> TokenizerError? {
        program.instructions.withUnsafeBufferPointer { instructions in
            program.ascii.withUnsafeBufferPointer { ascii in
                var machine = RegexMachine(
                    instructions: instructions, ascii: ascii, sets: program.sets, bytes: bytes, range: range,
                    steps: Self.stepLimit(range.count))
                var start = range.lowerBound
                var lastEnd: Int?
                while start <= range.upperBound {
                    guard let end = machine.run(0, start) else {
                        if machine.steps < 0 { return tooManySteps(range.count) }
                        start += start < range.upperBound ? UTF8Scalars.decode(bytes, start).count : 1
                        continue
                    }
                    if start == end, lastEnd == end {
                        start += start < range.upperBound ? UTF8Scalars.decode(bytes, start).count : 1
                        continue
                    }
                    body(start..<end)
                    start = end
                    lastEnd = end
                }
                return nil
            }
        }
    }

    private func tooManySteps(_ count: Int) -> TokenizerError {
        TokenizerError(
            .textTooLong,
            "the regular expression \(text) takes more than \(Self.stepLimit(count)) steps for a text of \(count) bytes; "
                + "split the text")
    }
}

/// Runs a program on a text.
private struct RegexMachine: ~Copyable {
    let instructions: UnsafeBufferPointer<RegexProgram.Instruction>
    let ascii: UnsafeBufferPointer<UInt64>
    let sets: [ScalarSet]
    let bytes: UnsafePointer<UInt8>
    let range: Range<Int>
    /// The number of steps left; negative when there are none.
    var steps: Int
    /// Where to continue when a path fails: an instruction and a position in the text.
    private var choices = GrowingBuffer<WordRange>(capacity: 256)

    init(
        instructions: UnsafeBufferPointer<RegexProgram.Instruction>, ascii: UnsafeBufferPointer<UInt64>,
        sets: [ScalarSet], bytes: UnsafePointer<UInt8>, range: Range<Int>, steps: Int
    ) {
        self.instructions = instructions
        self.ascii = ascii
        self.sets = sets
        self.bytes = bytes
        self.range = range
        self.steps = steps
    }

    /// Where the match that begins at `start` ends; nil if there is none.
    mutating func run(_ program: Int, _ start: Int) -> Int? {
        let bottom = choices.count
        defer { choices.truncate(to: bottom) }
        var counter = program
        var place = start
        while true {
            steps -= 1
            if steps < 0 { return nil }
            var goesOn = true
            switch instructions[counter] {
            case .set(let set):
                goesOn = take(set, &place)
                counter += 1
            case .split(let first, let second):
                choices.append(WordRange(start: Int32(second), end: Int32(place)))
                counter = first
            case .jump(let target): counter = target
            case .assertion(let assertion):
                goesOn = holds(assertion, place)
                counter += 1
            case .look(let isNegated, let back, let next):
                let isFound = self.place(back, before: place).map { run(counter + 1, $0) != nil } ?? false
                if steps < 0 { return nil }
                goesOn = isFound != isNegated
                counter = next
            case .atomic(let next):
                if let end = run(counter + 1, place) { place = end } else { goesOn = false }
                counter = next
            case .match: return place
            }
            if goesOn { continue }
            guard choices.count > bottom else { return nil }
            let choice = choices[choices.count - 1]
            choices.truncate(to: choices.count - 1)
            counter = Int(choice.start)
            place = Int(choice.end)
        }
    }

    private func take(_ set: Int, _ place: inout Int) -> Bool {
        guard place < range.upperBound else { return false }
        let byte = bytes[place]
        if byte < 0x80 {
            guard ascii[2 * set + Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0 else { return false }
            place += 1
            return true
        }
        let (scalar, length) = UTF8Scalars.decode(bytes, place)
        guard sets[set].contains(scalar) else { return false }
        place += length
        return true
    }

    private func place(_ count: Int, before place: Int) -> Int? {
        var place = place
        for _ in 0..<count {
            guard place > range.lowerBound else { return nil }
            place -= UTF8Scalars.decodeLast(bytes, before: place).count
        }
        return place
    }

    private func holds(_ assertion: RegexNode.Assertion, _ place: Int) -> Bool {
        func isWord(before: Bool) -> Bool {
            if before ? place == range.lowerBound : place == range.upperBound { return false }
            let scalar = before ? UTF8Scalars.decodeLast(bytes, before: place) : UTF8Scalars.decode(bytes, place)
            return ScalarProperties(scalar.scalar).isPatternWord
        }
        let isEnd = place == range.upperBound
        switch assertion {
        case .textStart: return place == range.lowerBound
        case .textEnd: return isEnd
        case .textEndOrLastLine: return isEnd || place + 1 == range.upperBound && bytes[place] == 0x0A
        case .lineStart: return place == range.lowerBound || bytes[place - 1] == 0x0A && !isEnd
        case .lineEnd: return isEnd || bytes[place] == 0x0A
        case .wordBoundary: return isWord(before: true) != isWord(before: false)
        case .noWordBoundary: return isWord(before: true) == isWord(before: false)
        }
    }
}
