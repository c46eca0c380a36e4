// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TrainingValue {
    /// The value of a JSON text.
    ///
    /// - Throws: ``RowFlaw`` for what is neither text nor number nor a list of one of them.
    init(_ json: JSONValue) throws(RowFlaw) {
        switch json {
        case .string(let text): self = .text(text)
        case .array(let elements):
            if case .string? = elements.first {
                self = .texts(
                    try elements.mapThrowing { (element) throws(RowFlaw) in
                        guard case .string(let text) = element else {
                            throw RowFlaw("is a list of texts that also holds \(element.summary); expected texts alone")
                        }
                        return text
                    })
            } else {
                var numbers: [Double] = []
                try Self.flatten(elements, into: &numbers)
                self = .numbers(numbers)
            }
        case .null: throw RowFlaw("is null; give every row a value, or leave the row out")
        case .object, .brokenString: throw RowFlaw("is \(json.summary); expected a text, a number or a list of them")
        case .bool, .int, .double: self = .number(json.number ?? .nan)
        }
    }

    /// Appends the numbers of a list and of the lists in it.
    private static func flatten(_ elements: [JSONValue], into numbers: inout [Double]) throws(RowFlaw) {
        for element in elements {
            if let inner = element.asArray {
                try flatten(inner, into: &numbers)
            } else if let number = element.number {
                numbers.append(number)
            } else {
                throw RowFlaw("is a list of numbers that also holds \(element.summary); expected numbers alone")
            }
        }
    }

    /// The number that a field of CSV or TSV spells; nil if it spells none.
    init?(number field: String) {
        let spelling = field.utf8.drop { $0 == 0x20 }
        let text = String(Substring(spelling))
        // What else `Double` reads, such as hexadecimal digits, no other program writes.
        let letters = text.utf8.filter { $0 > 0x40 }
        let isDecimal = letters.allSatisfy { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
        guard isDecimal || ["nan", "inf", "-inf", "infinity", "-infinity"].contains(text.lowercased()),
            let number = Double(text)
        else { return nil }
        self = .number(number)
    }
}

extension JSONValue {
    /// The value as a number, where true is 1 and false is 0, as a tensor of Python takes them.
    fileprivate var number: Double? {
        if case .bool(let isTrue) = self { return isTrue ? 1 : 0 }
        return asDouble
    }
}

extension Array {
    /// Like `map`, with the type of what is thrown.
    fileprivate func mapThrowing<R>(_ body: (Element) throws(RowFlaw) -> R) throws(RowFlaw) -> [R] {
        var results: [R] = []
        results.reserveCapacity(count)
        for element in self { results.append(try body(element)) }
        return results
    }
}
