// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Sets random elements of the sentence embedding to zero in training; does nothing otherwise.
///
/// Srivastava et al., *Dropout*, 2014, <https://jmlr.org/papers/v15/srivastava14a.html>.
package struct Dropout: Module {
    package static let className = "Dropout"
    package static let typeName = "sentence_transformers.sentence_transformer.modules.dropout.Dropout"

    /// The share of elements that are set to zero.
    package let rate: Double

    package init(folder: ModuleFolder) throws {
        rate = try folder.config(isOptional: true, known: .dropout).double("dropout", default: 0.2)
    }

    package func save(to folder: URL) throws {
        try JSONValue.object(["dropout": .double(rate)]).write(to: folder.appending(path: "config.json"))
    }

    package func sizes(after sizes: FeatureSizes) -> FeatureSizes { sizes }
    package func tokenUse(_ features: inout Features) -> TokenUse { .each }
    package func callAsFunction(_ features: inout Features) {
        features.sentenceEmbedding = features.sentenceEmbedding?.dropout(Float(rate))
    }
    package var summary: String { "rate \(rate), in training only" }
}
