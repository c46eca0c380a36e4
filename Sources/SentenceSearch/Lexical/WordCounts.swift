// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import Synchronization

/// The words of texts, numbered in the order in which they occur first.
///
/// Canonically equivalent words are one, so the keys are strings.
struct WordNumbers: Sendable {
    private(set) var numbers: [String: Int32] = [:]
    private(set) var words: [String] = []

    /// The number of a word, which is added if it is new.
    mutating func number(_ word: String) -> Int32 {
        if let number = numbers[word] { return number }
        let number = Int32(truncatingIfNeeded: words.count)
        numbers[word] = number
        words.append(word)
        return number
    }
}

/// How often each text has each word.
struct WordCounts: Sendable {
    let vocabulary: WordNumbers
    /// `[texts, words]`.
    let matrix: SparseMatrix

    /// How many texts are split with one vocabulary; the vocabularies are joined in order.
    private static let chunk = 8192

    /// The words of some texts, in the order of the texts.
    private struct Chunk: Sendable {
        var vocabulary = WordNumbers()
        /// The words of all texts, by number.
        var numbers: [Int32] = []
        /// Where each text's words end.
        var ends: [Int] = []

        init() {}

        init(_ texts: ArraySlice<String>, _ splitter: WordSplitter) {
            ends.reserveCapacity(texts.count)
            for text in texts {
                splitter.forEachWord(of: text) { numbers.append(vocabulary.number($0)) }
                ends.append(numbers.count)
            }
        }

        /// How often each text has each word, by the words' numbers in the joined vocabulary.
        func counts(_ joined: [Int32], _ lengths: inout [Int], _ columns: inout [Int32], _ values: inout [Float]) {
            var start = 0
            for end in ends {
                let first = columns.count
                for number in numbers[start..<end].map({ joined[Int($0)] }).sorted() {
                    if columns.count > first, columns[columns.count - 1] == number {
                        values[values.count - 1] += 1
                    } else {
                        columns.append(number)
                        values.append(1)
                    }
                }
                start = end
                lengths.append(columns.count - first)
            }
        }
    }

    /// Splits texts on the threads of the current execution; the result is the same for any number of them.
    init(_ texts: [String], _ splitter: WordSplitter) {
        let count = (texts.count + Self.chunk - 1) / Self.chunk
        let chunks = Self.parallel(count, Chunk()) { index in
            Chunk(texts[index * Self.chunk..<min(texts.count, (index + 1) * Self.chunk)], splitter)
        }
        var vocabulary = WordNumbers()
        let joined = chunks.map { $0.vocabulary.words.map { vocabulary.number($0) } }
        let rows = Self.parallel(count, (lengths: [Int](), columns: [Int32](), values: [Float]())) { index in
            var rows = (lengths: [Int](), columns: [Int32](), values: [Float]())
            chunks[index].counts(joined[index], &rows.lengths, &rows.columns, &rows.values)
            return rows
        }
        self.vocabulary = vocabulary
        matrix = SparseMatrix(
            checkedRowOffsets: rows.joined { $0.lengths }.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) },
            indices: rows.joined { $0.columns }, values: rows.joined { $0.values }, columns: vocabulary.words.count)
    }

    /// The results of `body` for all indices below `count`, in order.
    private static func parallel<Result: Sendable>(
        _ count: Int, _ empty: Result, _ body: @escaping @Sendable (Int) -> Result
    ) -> [Result] {
        let results = Mutex([Result](repeating: empty, count: count))
        Parallel.forEach(count) { index in
            let result = body(index)
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0 }
    }
}

extension Array {
    /// The arrays of all elements, one after another.
    fileprivate func joined<Part>(_ part: (Element) -> [Part]) -> [Part] {
        var result: [Part] = []
        result.reserveCapacity(reduce(0) { $0 + part($1).count })
        for element in self { result += part(element) }
        return result
    }
}
