// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ExampleData
import Foundation
import SentenceTraining
import SentenceTransformers

// Eight examples of each class make a classifier: of reviews (two classes), and of requests to a shop (five classes).
let model = try await SentenceTransformer(modelName(default: "all-MiniLM-L6-v2"))
let folder = URL(filePath: #filePath).deletingLastPathComponent()

for name in ["reviews", "requests"] {
    // 1. The data: texts with the names of their classes.
    let examples = try LabelledTexts(contentsOf: folder.appending(path: "\(name)-train.jsonl"))
    let heldOut = try LabelledTexts(contentsOf: folder.appending(path: "\(name)-test.jsonl"))

    // 2. A head on the embeddings as they are, and one on embeddings that have learned from pairs of the examples.
    var options = FewShotOptions()
    options.pairsPerExample = 0
    let headOnly = try trainClassifier(model, examples: examples, options: options)
    let start = ContinuousClock.now
    let classifier = try trainClassifier(model, examples: examples)
    let seconds = start.duration(to: .now)

    // 3. How many texts that neither has seen get the right label.
    func accuracy(_ classifier: SentenceTransformer) throws -> Double {
        let found = try classifier.classify(heldOut.texts)
        let hits = zip(found, heldOut.classes).count { $0.label == heldOut.labels[$1] }
        return Double(hits) / Double(heldOut.texts.count)
    }
    show("accuracy of \(examples.labels.count) classes", try accuracy(headOnly), try accuracy(classifier), in: seconds)
}
