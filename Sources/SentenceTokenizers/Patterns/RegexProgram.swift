// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A regular expression as instructions for a backtracking machine.
struct RegexProgram: Sendable {
    enum Instruction: Sendable {
        /// Consumes a scalar in a set.
        case set(Int)
        /// Continues at the first index and, if that fails, at the second.
        case split(Int, Int)
        case jump(Int)
        case assertion(RegexNode.Assertion)
        /// Continues at `next` if the program after this one matches (or does not) that many scalars back.
        case look(isNegated: Bool, back: Int, next: Int)
        /// Continues at `next` where the program after this one ends.
        case atomic(next: Int)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// The ASCII characters in each set, two words per set.
    private(set) var ascii: [UInt64] = []

    private static let sizeLimit = 20_000

    /// Compiles a tree; `text` is the expression, for messages.
    init(_ node: RegexNode, _ text: String) throws(TokenizerError) {
        try add(node, text)
        instructions.append(.match)
    }

    private mutating func add(_ node: RegexNode, _ text: String) throws(TokenizerError) {
        guard instructions.count < Self.sizeLimit else {
            throw TokenizerError(
                .unsupportedComponent, "the regular expression \(text) is too large; write it with fewer repetitions")
        }
        switch node {
        case .set(let set):
            instructions.append(.set(sets.count))
            sets.append(set)
            ascii += [set.ascii.0, set.ascii.1]
        case .sequence(let nodes):
            for node in nodes { try add(node, text) }
        case .alternatives(let nodes):
            var jumps: [Int] = []
            for node in nodes.dropLast() {
                let split = reserve()
                try add(node, text)
                jumps.append(reserve())
                instructions[split] = .split(split + 1, instructions.count)
            }
            if let last = nodes.last { try add(last, text) }
            for jump in jumps { instructions[jump] = .jump(instructions.count) }
        case .repetition(let node, let minimum, let maximum, let greed):
            if greed == .possessive {
                let place = reserve()
                try add(.repetition(node, minimum: minimum, maximum: maximum, .greedy), text)
                instructions.append(.match)
                instructions[place] = .atomic(next: instructions.count)
            } else {
                try addRepetition(node, minimum, maximum, isLazy: greed == .lazy, text)
            }
        case .assertion(let assertion): instructions.append(.assertion(assertion))
        case .look(let node, let isAhead, let isNegated):
            let place = reserve()
            try add(node, text)
            instructions.append(.match)
            instructions[place] = .look(
                isNegated: isNegated, back: isAhead ? 0 : node.width.least, next: instructions.count)
        case .atomic(let node):
            let place = reserve()
            try add(node, text)
            instructions.append(.match)
            instructions[place] = .atomic(next: instructions.count)
        }
    }

    private mutating func addRepetition(
        _ node: RegexNode, _ minimum: Int, _ maximum: Int?, isLazy: Bool, _ text: String
    ) throws(TokenizerError) {
        for _ in 0..<minimum { try add(node, text) }
        func split(_ body: Int, _ end: Int) -> Instruction { isLazy ? .split(end, body) : .split(body, end) }
        guard let maximum else {
            let place = reserve()
            try add(node, text)
            instructions.append(.jump(place))
            instructions[place] = split(place + 1, instructions.count)
            return
        }
        var places: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
            places.append(reserve())
            try add(node, text)
        }
        for place in places { instructions[place] = split(place + 1, instructions.count) }
    }

    private mutating func reserve() -> Int {
        instructions.append(.match)
        return instructions.count - 1
    }
}
