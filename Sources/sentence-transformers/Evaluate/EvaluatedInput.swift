// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTraining
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What `evaluate` measures on.
struct EvaluatedInput {
    private let path: String
    private let content: Content

    private enum Content {
        case rows(TrainingData)
        case retrieval(RetrievalData)
        case collection(RetrievalCollection)
    }

    /// Reads a file of rows, a folder that is a data set, or a folder of such folders.
    init(path: String, split: String) throws {
        self.path = path
        guard (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil else {
            content = .rows(try TrainingData(contentsOf: URL(filePath: path)))
            return
        }
        let folder = URL(filePath: path, directoryHint: .isDirectory)
        if !RetrievalData.isFolder(folder), !RetrievalCollection.names(in: folder).isEmpty {
            content = .collection(try RetrievalCollection(contentsOf: folder, split: split))
        } else {
            content = .retrieval(try RetrievalData(contentsOf: folder, split: split))
        }
    }

    /// The evaluator for a model; `keepsPredictions` is whether its result has what was found for each query.
    func evaluator<Model: MeasurableModel>(
        for model: Model, name: String, keepsPredictions: Bool, threads: Int?
    ) throws -> any Evaluator<Model> {
        switch content {
        case .retrieval(let data):
            return try model.evaluator(for: data, name: name, keepsPredictions: keepsPredictions, threads: threads)
        case .collection(let collection):
            guard name.isEmpty else {
                throw Failure("--name is for one data set; the metrics of \(path) have the names of its folders")
            }
            return try model.evaluator(for: collection, keepsPredictions: keepsPredictions, threads: threads)
        case .rows(let rows):
            guard let evaluator = try model.evaluator(for: rows, name: name, threads: threads) else {
                throw Failure(
                    "\(path) has the columns \(rows.columnNames.joined(separator: ", ")), for which a \(Model.kind.rawValue) "
                        + "has no evaluator; expected \(Model.evaluatedColumns)")
            }
            return evaluator
        }
    }
}
