// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a column holds in one row.
public enum TrainingValue: Sendable, Equatable {
    /// A text.
    case text(String)
    /// Texts of one kind, such as the negatives of a row.
    case texts([String])
    /// A label or score.
    case number(Double)
    /// The labels or scores of a row, or an embedding; lists in lists one after another.
    case numbers([Double])
}

/// What the values of a column are; lists have the same length in all rows.
enum ColumnKind: Sendable, Equatable, CustomStringConvertible {
    case text
    case texts(Int)
    case number
    case numbers(Int)

    /// The kind of a value.
    init(_ value: TrainingValue) {
        self =
            switch value {
            case .text: .text
            case .texts(let texts): .texts(texts.count)
            case .number: .number
            case .numbers(let numbers): .numbers(numbers.count)
            }
    }

    /// How many inputs a column of this kind gives a loss; 0 if it holds numbers.
    var inputCount: Int {
        switch self {
        case .text: 1
        case .texts(let count): count
        case .number, .numbers: 0
        }
    }

    var description: String {
        switch self {
        case .text: "a text"
        case .texts(let count): "a list of \(count) text\(count == 1 ? "" : "s")"
        case .number: "a number"
        case .numbers(let count): "a list of \(count) number\(count == 1 ? "" : "s")"
        }
    }
}

extension TrainingValue {
    /// The texts of the value in their order; none if it holds numbers.
    var allTexts: [String] {
        switch self {
        case .text(let text): [text]
        case .texts(let texts): texts
        case .number, .numbers: []
        }
    }

    /// The numbers of the value in their order; none if it holds texts.
    var allNumbers: [Double] {
        switch self {
        case .number(let number): [number]
        case .numbers(let numbers): numbers
        case .text, .texts: []
        }
    }

    /// Why no row may have this value; nil if one may.
    var flaw: String? {
        let texts = allTexts, numbers = allNumbers
        if texts.contains(where: \.isBlank) { return ColumnKind(self) == .text ? "is empty" : "holds an empty text" }
        if let number = numbers.first(where: { !$0.isFinite }) { return "is \(number), which is no finite number" }
        return texts.isEmpty && numbers.isEmpty ? "is an empty list" : nil
    }
}

extension String {
    /// Whether nothing but white space and control characters of ASCII stand in it.
    fileprivate var isBlank: Bool { utf8.allSatisfy { $0 <= 0x20 } }
}
