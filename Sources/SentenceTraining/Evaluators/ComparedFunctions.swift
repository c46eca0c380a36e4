// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which functions an evaluator compares embeddings with, and which of them decides.
struct ComparedFunctions<Model: SimilarityEncoder>: Sendable {
    /// The functions that were asked for; the model's own if there are none.
    private let asked: [Model.Similarity]
    private let main: Model.Similarity?

    /// As in the reference, the main function is the only one if no others are named.
    init(_ asked: [Model.Similarity], main: Model.Similarity?) {
        self.asked = asked.isEmpty ? main.map { [$0] } ?? [] : asked
        self.main = main
    }

    /// The functions for a model.
    func functions(of model: Model) -> [Model.Similarity] { asked.isEmpty ? [model.similarityFunction] : asked }

    /// The name of the function that decides; "max" if there are several and none is the main one.
    func deciding(_ model: Model) -> String {
        let functions = functions(of: model)
        return (main ?? (functions.count == 1 ? functions[0] : nil))?.rawValue ?? "max"
    }
}
