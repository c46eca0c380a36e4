// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// Operators on two values.
enum TemplateArithmetic {
    static func apply(_ name: String, _ a: TemplateValue, _ b: TemplateValue) throws -> TemplateValue {
        switch name {
        case "==": return .bool(a.isEqual(to: b))
        case "!=": return .bool(!a.isEqual(to: b))
        case "<": return .bool(try a.precedes(b))
        case ">": return .bool(try b.precedes(a))
        case "<=": return .bool(try a.precedes(b) || a.isEqual(to: b))
        case ">=": return .bool(try b.precedes(a) || a.isEqual(to: b))
        case "in": return .bool(try a.isContained(in: b))
        case "~": return try joined(try a.text(), try b.text())
        default: break
        }
        switch (name, a, b) {
        case ("+", .string(let a), .string(let b)): return try joined(a, b)
        case ("+", .list(let a), .list(let b)):
            guard a.count + b.count <= TemplateLimit.range else { throw TemplateError("a list becomes too long") }
            return .list(a + b)
        case ("*", .string(let text), .int(let count)), ("*", .int(let count), .string(let text)):
            guard count <= 0 || text.utf8.count <= TemplateLimit.length / count else {
                throw TemplateError("a text becomes too long")
            }
            return .string(String(repeating: text, count: max(count, 0)))
        default:
            if let x = a.asInt, let y = b.asInt, name != "/" { return .int(try whole(name, x, y)) }
            guard let x = a.asDouble, let y = b.asDouble else {
                throw TemplateError("\(name) is not for \(a.kind) and \(b.kind)")
            }
            return .double(try real(name, x, y))
        }
    }

    private static func joined(_ a: String, _ b: String) throws -> TemplateValue {
        let text = a + b
        try TemplateInterpreter.check(text)
        return .string(text)
    }

    private static func whole(_ name: String, _ a: Int, _ b: Int) throws -> Int {
        let result: (partialValue: Int, overflow: Bool)
        switch name {
        case "+": result = a.addingReportingOverflow(b)
        case "-": result = a.subtractingReportingOverflow(b)
        case "*": result = a.multipliedReportingOverflow(by: b)
        case "//", "%":
            guard b != 0 else { throw TemplateError("a number is divided by 0") }
            // As in Python, division rounds down, and a remainder has the sign of the divisor.
            let (quotient, remainder) = (a.dividedReportingOverflow(by: b), a.remainderReportingOverflow(dividingBy: b))
            let isBelow = remainder.partialValue != 0 && (remainder.partialValue < 0) != (b < 0)
            result =
                name == "%"
                ? (remainder.partialValue + (isBelow ? b : 0), quotient.overflow)
                : (quotient.partialValue - (isBelow ? 1 : 0), quotient.overflow)
        default: throw TemplateError("the operator \(name) is not supported by this version")
        }
        guard !result.overflow else { throw TemplateError("a number becomes too large") }
        return result.partialValue
    }

    private static func real(_ name: String, _ a: Double, _ b: Double) throws -> Double {
        if ["/", "//", "%"].contains(name), b == 0 { throw TemplateError("a number is divided by 0") }
        switch name {
        case "+": return a + b
        case "-": return a - b
        case "*": return a * b
        case "/": return a / b
        case "//": return (a / b).rounded(.down)
        case "%": return a - b * (a / b).rounded(.down)
        default: throw TemplateError("the operator \(name) is not supported by this version")
        }
    }
}

/// A part of a list or string: `[start:end:step]`.
struct TemplateSlice {
    let start: Int?
    let end: Int?
    let step: Int?

    func of(_ value: TemplateValue) throws -> TemplateValue {
        let elements = try value.elements()
        let step = step ?? 1
        guard step != 0 else { throw TemplateError("a slice takes no step of 0") }
        let count = elements.count
        /// A bound, counted from the end if negative, and clamped to the elements.
        func place(_ bound: Int?, _ standard: Int) -> Int {
            guard let bound else { return standard }
            let place = bound < 0 ? bound + count : bound
            return step > 0 ? min(max(place, 0), count) : min(max(place, -1), count - 1)
        }
        let first = place(start, step > 0 ? 0 : count - 1), last = place(end, step > 0 ? count : -1)
        let found = stride(from: first, to: last, by: step).map { elements[$0] }
        guard case .string = value else { return .list(found) }
        return .string(found.compactMap(\.asString).joined())
    }
}

extension TemplateValue {
    /// A bound of a slice; nil for `none`.
    func sliceBound() throws -> Int? {
        if case .null = self { return nil }
        guard let bound = asInt else { throw TemplateError("\(kind) is no bound of a slice") }
        // No list is that long, and sums of such numbers do not overflow.
        return min(max(bound, -1 << 40), 1 << 40)
    }
}
