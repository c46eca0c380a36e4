// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTestSupport
import SentenceTokenizers
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Columns of training data")
struct ColumnTests {
    private static let pairs = LossShape.atLeast(2, labels: .none)

    private func arrangement(
        _ names: [String], _ row: [TrainingValue]? = nil, shape: LossShape = pairs,
        kind: ModelKind = .sentenceTransformer
    ) throws -> (ColumnArrangement, TrainingData) {
        let values = row ?? names.map { $0 == "label" || $0 == "score" ? .number(1) : .text($0) }
        let data = try TrainingData(name: "data", columns: names, rows: [values])
        return (try ColumnArrangement(data, for: shape, lossName: "ALoss", kind: kind), data)
    }

    @Test(
        "Names decide on the order, and what they do not know stays in the order of the file",
        arguments: [
            (["anchor", "positive"], ["anchor", "positive"]), (["positive", "anchor"], ["anchor", "positive"]),
            (["answer", "question"], ["question", "answer"]),
            (["negative_10", "negative_2", "positive", "query"], ["query", "positive", "negative_2", "negative_10"]),
            (["negative", "text", "positive"], ["text", "positive", "negative"]),
            (["contradiction", "entailment", "hypothesis"], ["hypothesis", "entailment", "contradiction"]),
            (["premise", "hypothesis"], ["premise", "hypothesis"]), (["document", "query"], ["query", "document"]),
            (["text", "query"], ["query", "text"]),
            (["query", "passage1", "passage2"], ["query", "passage1", "passage2"]),
            (["b", "a"], ["b", "a"]), (["sentence2", "sentence1"], ["sentence1", "sentence2"]),
            (["Positive", "Anchor"], ["Anchor", "Positive"]),
        ])
    func order(names: [String], expected: [String]) throws {
        let (found, data) = try arrangement(names)
        #expect(found.inputNames == expected && found.labelName == nil)
        #expect(found.warnings.count == (names == expected ? 0 : 1))
        #expect(
            found.warnings.allSatisfy {
                $0.hasPrefix(
                    "data: the columns are taken in the order \(expected.joined(separator: ", ")), as their names")
            })
        // Every text is its column's name.
        #expect(try found.batch(data, rows: [0]).columns == expected.map { [TokenizerInput($0)] })
    }

    @Test("Lists of documents may differ in length, with as many labels, for losses that take lists")
    func unevenLists() throws {
        let columns = ["query", "docs", "labels"]
        func rows(_ second: [String], _ labels: [Double]) -> [[TrainingValue]] {
            [
                [.text("q"), .texts(["a", "b", "c"]), .numbers([2, 0, 1])],
                [.text("r"), .texts(second), .numbers(labels)],
            ]
        }
        let lists = LossShape(columns: 1...Int.max, labels: .list)
        func arrangement(_ data: TrainingData, _ shape: LossShape, _ kind: ModelKind = .crossEncoder) throws
            -> ColumnArrangement
        {
            try ColumnArrangement(data, for: shape, lossName: "ALoss", kind: kind)
        }
        let uneven = try TrainingData(name: "data", columns: columns, rows: rows(["d"], [1]))
        let found = try arrangement(uneven, lists)
        let batch = try found.batch(uneven, rows: [1, 0])
        #expect(batch.listCounts == [1, 3] && batch.labels?.floats == [1, 2, 0, 1])
        #expect(
            batch.columns == [
                [("r", "d"), ("q", "a"), ("q", "b"), ("q", "c")].map { TokenizerInput($0.0, pair: $0.1) }
            ])
        #expect(try found.preview(uneven).contains("\"d\""))
        // Documents in columns of their own, and the same labels.
        let even = try TrainingData(
            name: "data", columns: ["query", "positive", "negative", "labels"],
            rows: [[.text("q"), .text("a"), .text("b"), .numbers([2, 0])]])
        let pairs = try arrangement(even, lists).batch(even, rows: [0])
        #expect(pairs.columns.count == 2 && pairs.listCounts == nil && pairs.labels?.shape == [1, 2])
        func message(_ body: () throws -> Void) -> String? {
            #expect(throws: TrainingError.self, performing: body).map { "\($0)" }
        }
        #expect(
            message { _ = try arrangement(uneven, .atLeast(1, labels: .numbers)) }
                == "data, row 2: \"docs\" is a list of 1 text (\"d\"); expected a list of 3 texts, as in the first row; "
                + "ALoss takes as many in all rows")
        #expect(
            message { _ = try TrainingData(name: "data", columns: columns, rows: rows(["d"], [1, 2])) }
                == "data, row 2: \"docs\" is a list of 1 text (\"d\"); expected a list of 3 texts, as in the first row")
        let wrong = try TrainingData(
            name: "data", columns: columns, rows: [[.text("q"), .texts(["a", "b"]), .numbers([2, 0, 1])]])
        #expect(
            message { _ = try arrangement(wrong, lists) }
                == "data: \"labels\" is a list of 3 numbers for 2 documents; ALoss takes a list of numbers a row, one for each "
                + "document")
    }

    @Test("The label is the first of label, labels, score and scores that there is")
    func labels() throws {
        let shape = LossShape(columns: 1...2, labels: .number)
        let (found, data) = try arrangement(["score", "a"], shape: shape)
        #expect(found.labelName == "score" && found.inputNames == ["a"])
        let batch = try found.batch(data, rows: [0, 0])
        #expect(batch.labels?.shape == [2] && batch.labels?.floats == [1, 1])
        #expect(batch.dataset == "data" && batch.rows == [0, 0])
        let error = #expect(throws: TrainingError.self) { try arrangement(["score", "a", "label"], shape: shape) }
        #expect(
            error?.description
                == "data: the column \"score\" is a number, and \"label\" is the label; inputs must be texts: "
                + "rename the column, or leave it out")
        let (unused, _) = try arrangement(["a", "b", "label"])
        #expect(
            unused.labelName == nil && unused.warnings == ["data: ALoss takes no labels, so that \"label\" is not used"]
        )
    }

    @Test("Lists become columns, and lists of labels rows of a matrix")
    func lists() throws {
        let names = ["query", "negatives", "answer", "labels"]
        let row: [TrainingValue] = [.text("q"), .texts(["n1", "n2"]), .text("p"), .numbers([3, 2, 1])]
        let (found, data) = try arrangement(names, row, shape: .atLeast(2, labels: .numbers))
        #expect(found.inputNames == ["query", "answer", "negatives", "negatives"])
        let batch = try found.batch(data, rows: [0])
        #expect(batch.columns == [["q"], ["p"], ["n1"], ["n2"]])
        #expect(batch.labels?.shape == [1, 3] && batch.labels?.floats == [3, 2, 1])
    }

    @Test("A cross-encoder's columns are pairs")
    func pairs() throws {
        let (found, data) = try arrangement(
            ["positive", "anchor", "negative"], shape: .atLeast(2, labels: .none), kind: .crossEncoder)
        let batch = try found.batch(data, rows: [0])
        #expect(
            batch.columns == [
                [TokenizerInput("anchor", pair: "positive")], [TokenizerInput("anchor", pair: "negative")],
            ])
        let one = LossShape(columns: 1...1, labels: .none)
        #expect(throws: Never.self) { try arrangement(["a", "b"], shape: one, kind: .crossEncoder) }
        let error = #expect(throws: TrainingError.self) { try arrangement(["a"], shape: one, kind: .crossEncoder) }
        #expect(
            error?.description
                == "data has 1 column of texts (a); ALoss takes 2, the first of which is paired with each of "
                + "the others; choose the columns, or another loss")
    }

    @Test("Data that a loss cannot take are refused with what it takes")
    func refusals() throws {
        func message(_ names: [String], _ shape: LossShape, _ row: [TrainingValue]? = nil) -> String? {
            do {
                _ = try arrangement(names, row, shape: shape)
                return nil
            } catch { return "\(error)" }
        }
        #expect(
            message(["a"], Self.pairs)
                == "data has 1 column of texts (a); ALoss takes 2 or more; choose the columns, or another loss")
        #expect(
            message(["a", "b", "c"], LossShape(columns: 1...2, labels: .none))
                == "data has 3 columns of texts (a, b, c); ALoss takes 1 to 2; choose the columns, or another loss")
        let number = LossShape(columns: 1...2, labels: .number)
        #expect(
            message(["a", "b"], number)
                == "data has no column called label, labels, score or scores (found a, b); ALoss takes one number a row"
        )
        #expect(
            message(["a", "label"], number, [.text("x"), .numbers([1, 2])])
                == "data: \"label\" is a list of 2 numbers; ALoss takes one number a row")
        #expect(message(["a", "label"], number, [.text("x"), .numbers([1])]) == nil)
        let optional = LossShape(columns: 1...2, labels: .optional)
        #expect(message(["a", "b"], optional) == nil && message(["a", "b", "label"], optional) == nil)
        #expect(
            message(["a", "label"], optional, [.text("x"), .numbers([1, 2])])
                == "data: \"label\" is a list of 2 numbers; ALoss takes one number a row, or none")
    }

    @Test("A label that is no class is named by file and line")
    func classes() throws {
        let shape = LossShape(columns: 1...1, labels: .classes)
        let folder = try TemporaryFolder()
        func message(_ labels: [String]) throws -> String? {
            let rows = labels.map { "{\"text\": \"a\", \"label\": \($0)}" }
            let data = try TrainingData(contentsOf: folder.write(rows.joined(separator: "\n\n"), to: "a.jsonl"))
            do {
                _ = try ColumnArrangement(data, for: shape, lossName: "ALoss", kind: .sentenceTransformer)
                return nil
            } catch { return "\(error)" }
        }
        #expect(try message(["0", "3.0", "true"]) == nil)
        #expect(
            try message(["0", "1", "-1", "0.5"])
                == "a.jsonl, line 5: \"label\" is -1.0; ALoss takes a class, a whole number of 0 or more, a row")
        #expect(try message(["0.5", "1"])?.hasPrefix("a.jsonl, line 1: \"label\" is 0.5") == true)
    }

    @Test("Columns of identifiers are warned of")
    func identifiers() throws {
        let (found, _) = try arrangement(["query", "answer", "doc_id"])
        #expect(found.warnings.count == 1 && found.warnings[0].hasPrefix("data: the column \"doc_id\" looks like"))
    }

    @Test("The preview shows two rows as the loss sees them")
    func preview() throws {
        let data = try TrainingData(
            name: "qa", columns: ["answer", "question", "score"],
            rows: (0..<3).map { [.text("a\n\($0)"), .text("q\($0)"), .number(Double($0))] })
        let shape = LossShape(columns: 2...2, labels: .number)
        let bi = try ColumnArrangement(data, for: shape, lossName: "ALoss", kind: .sentenceTransformer)
        #expect(
            try bi.preview(data) == """
                qa, 2 of 3 rows as ALoss sees them:
                  question  "q0"
                  answer    "a\\n0"
                  score     0.0

                  question  "q1"
                  answer    "a\\n1"
                  score     1.0
                """)
        let cross = try ColumnArrangement(
            data, for: LossShape(columns: 1...1, labels: .number), lossName: "ALoss", kind: .crossEncoder)
        #expect(try cross.preview(data).contains("  question  \"q0\" with\n  answer    \"a\\n0\"\n  score     0.0"))
    }
}
