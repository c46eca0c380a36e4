// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTensors
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Classifiers of a few examples")
struct ClassifierTests {
    /// Float32 against float64, of probabilities, where both are solved to the end.
    private static let tolerance = 2e-4

    private struct Regression: Decodable {
        let classes: Int
        let strength: Float
        let rows: [[Float]]
        let labels: [Int]
        let probabilities: [[Double]]
    }

    @Test("The head is scikit-learn's logistic regression")
    func regressions() throws {
        let cases = try JSONDecoder().decode(
            [Regression].self, from: Data(contentsOf: Fixture.url("classifiers/regressions.json")))
        for each in cases {
            let rows = try Matrix(rows: each.rows)
            let found = Execution.with(threads: 2) {
                let head = LogisticRegression(
                    rows, classes: each.labels, count: each.classes, strength: each.strength)
                return Matrix(rows.tensor.product(transposed: head.weights).adding(row: head.biases).softmax())
            }
            for (found, wanted) in zip(found, each.probabilities) {
                #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) <= Self.tolerance })
            }
        }
    }

    private static func examples() throws -> LabelledTexts {
        try LabelledTexts([
            ("it is lovely and sunny outside", "weather"), ("the weather is lovely today", "weather"),
            ("it is so sunny", "weather"), ("the man plays guitar", "music"), ("a man plays the guitar", "music"),
            ("he plays", "music"), ("eating pasta", "food"), ("a man is eating food", "food"),
            ("lovely pasta food", "food"),
        ])
    }

    @Test("A classifier answers with its labels, also when it was saved and loaded")
    func labels() throws {
        let model = try SentenceTransformer(directory: Fixture.url("models/mean"))
        let examples = try Self.examples()
        #expect(examples.labels == ["food", "music", "weather"])
        var options = FewShotOptions()
        (options.pairsPerExample, options.learningRate, options.strength) = (6, 1e-3, 100)
        let classifier = try trainClassifier(model, examples: examples, options: options)
        #expect(model.labels == nil && classifier.labels == examples.labels)
        let found = try classifier.classify(examples.texts)
        #expect(found.map(\.label) == examples.classes.map { examples.labels[$0] })
        #expect(found.allSatisfy { abs($0.scores.reduce(0, +) - 1) < 1e-5 && $0.score == $0.scores.max() })
        // The same seed gives the same bits.
        #expect(try trainClassifier(model, examples: examples, options: options).classify(examples.texts) == found)
        options.pairsPerExample = 0
        #expect(try trainClassifier(model, examples: examples, options: options).classify(examples.texts) != found)

        let folder = try TemporaryFolder()
        try classifier.save(to: folder.url)
        let loaded = try SentenceTransformer(directory: folder.url)
        #expect(loaded.labels == examples.labels)
        #expect(try loaded.classify(examples.texts) == found)
        // The Python library keeps the names in config.json only.
        let file = folder.url.appending(path: "config_sentence_transformers.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("\"labels\""))
        try Data(text.replacing("\"labels\"", with: "\"unread\"").utf8).write(to: file)
        #expect(try SentenceTransformer(directory: folder.url).labels == examples.labels)
        #expect(errorText { try trainClassifier(classifier, examples: examples) }.contains("classifier already"))
        #expect(errorText { try model.classify("a text") }.contains("no labels"))
    }

    @Test("Rows of files have a text and a label, which may be a number")
    func files() throws {
        let folder = try TemporaryFolder()
        let lines = try folder.write(
            "{\"text\": \"a\", \"label\": 10}\n{\"text\": \"b\", \"label\": 2, \"x\": 1}\n", to: "a.jsonl")
        let found = try LabelledTexts(contentsOf: lines)
        #expect(found.labels == ["2", "10"] && found.classes == [1, 0] && found.texts == ["a", "b"])
        let table = try folder.write("label,text\nyes,a b\nno,c\n", to: "a.csv")
        #expect(try LabelledTexts(contentsOf: table).labels == ["no", "yes"])
        for (content, named) in [
            ("{\"text\": \"\", \"label\": 1}\n", "line 1"), ("{\"text\": \"a\"}\n", "label"),
            ("{\"text\": \"a\", \"label\": \"x\"}\n", "two or more"),
        ] {
            let file = try folder.write(content, to: "bad.jsonl")
            #expect(errorText { try LabelledTexts(contentsOf: file) }.contains(named))
        }
    }
}
