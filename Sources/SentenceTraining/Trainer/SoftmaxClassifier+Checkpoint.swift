// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension SoftmaxClassifier {
    /// The layer that a run with the loss `softmax` had learned at a checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: The folder of the checkpoint, such as `checkpoint-100`, whose model belongs to the layer.
    ///   - parts: What the layer sees of two embeddings, as the loss was told.
    /// - Throws: ``TrainingError`` if there is not exactly one such layer; `CheckpointError` if it cannot be read.
    public init(checkpoint: URL, parts: SoftmaxParts = [.embeddings, .difference]) throws {
        let tensors = try TrainingCheckpoint.lossTensors(checkpoint)
        let weights = tensors.keys.filter { $0.hasSuffix("classifier.weight") }
        guard weights.count == 1, let name = weights.first, let weight = tensors[name], weight.shape.count == 2,
            let bias = tensors[name.dropLast("weight".count) + "bias"]
        else {
            throw TrainingError(
                .invalidCheckpoint,
                "\(checkpoint.path) has \(weights.count) classifiers of pairs; expected a checkpoint of a run with one "
                    + "softmax loss")
        }
        try self.init(weight: Matrix(weight), bias: bias.floats, parts: parts)
    }
}
