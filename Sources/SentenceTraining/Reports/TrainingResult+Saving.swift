// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTransformers

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension TrainingResult {
    /// Saves the model as `BaseModel.save(to:)` does, with a card (`README.md`) and a chart of the run (`training.svg`).
    ///
    /// A card and a chart that are there are replaced, since they are about another model.
    ///
    /// - Throws: `CheckpointError` with code `unwritable`; ``TrainingError`` if the data can no longer be read.
    public func save(to folder: URL, card details: ModelCardDetails = ModelCardDetails()) throws {
        let card = try ModelCard(self, details).text
        try model.save(to: folder)
        try AtomicFile.write(card, to: folder.appending(path: "README.md"))
        try AtomicFile.write(TrainingChart(history).svg, to: folder.appending(path: TrainingChart.fileName))
    }

    /// The evaluation of the model as it was, if there was one before the first step.
    var evaluationBefore: TrainingHistory.Evaluation? { history.evaluations.first { $0.step == 0 } }

    /// The evaluation of the trained model, if there was one.
    var evaluationAfter: TrainingHistory.Evaluation? { history.evaluations.last { $0.step == step } }
}
