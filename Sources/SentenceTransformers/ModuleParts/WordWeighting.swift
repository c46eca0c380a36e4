// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

/// The weights of a vocabulary's words, which are looked up unchanged or in lower case.
struct WordWeighting: Sendable {
    let vocabulary: [String]
    /// The weight of each word of the vocabulary.
    let weights: [Float]
    private let config: ModelConfig

    /// Reads `vocab`, optionally without duplicates, `word_weights` and `unknown_word_weight`.
    init(_ config: ModelConfig, removesDuplicates: Bool = false) throws {
        self.config = config
        let unknown = Float(try config.double("unknown_word_weight", default: 1))
        var known: [ExactString: Float] = [:]
        for (word, weight) in config.values["word_weights"]?.asObject ?? [:] {
            guard let weight = weight.asDouble else { throw config.error("word_weights", "expected numbers") }
            known[word] = Float(weight)
        }
        var seen: Set<ExactString> = []
        vocabulary = try config.strings("vocab").filter { !removesDuplicates || seen.insert($0) }
        weights = vocabulary.map { known[$0] ?? known[$0.lowercased()] ?? unknown }
    }

    /// The values that were read, for saving.
    var values: JSONObject { config.values }
}
