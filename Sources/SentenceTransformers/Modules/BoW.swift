// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
package import SentenceTokenizers

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A bag of words: one dimension for each word of a vocabulary.
package struct BoW: InputModule {
    package static let className = "BoW"
    package static let typeName = "sentence_transformers.sentence_transformer.modules.bow.BoW"
    package static let isSavedInRoot = false

    private let words: WhitespaceTokenizer
    private let weighting: WordWeighting
    private let isCumulative: Bool

    package var tokenizer: Tokenizer? { nil }
    package var maximumSequenceLength: Int? { nil }

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(known: .bagOfWords)
        weighting = try WordWeighting(config, removesDuplicates: true)
        words = WhitespaceTokenizer(vocabulary: weighting.vocabulary)
        isCumulative = try config.bool("cumulative_term_frequency", default: true)
    }

    package func tokenize(
        _ inputs: [TokenizerInput], prompt: String, maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        try words.tokenize(inputs.prompted(prompt), maximumLength: maximumLength)
    }

    package func promptLength(_ prompt: String, maximumLength: Int?) -> Int {
        min(words.ids(of: prompt).count, maximumLength ?? .max)
    }

    package func save(to folder: URL) throws {
        try JSONValue.object(weighting.values).write(to: folder.appending(path: "config.json"))
    }

    package func sizes(after sizes: FeatureSizes) -> FeatureSizes {
        FeatureSizes(tokenEmbeddings: nil, sentenceEmbedding: weighting.vocabulary.count)
    }

    package func callAsFunction(_ features: inout Features) {
        let size = weighting.vocabulary.count
        let texts = features.texts, ids = features.tokens.ids
        features.sentenceEmbedding = Tensor(shape: [texts.count, size]) { out in
            out.initialize(repeating: 0)
            for text in 0..<texts.count {
                for token in texts[text] {
                    let id = Int(ids[token]), place = text * size + id
                    out[place] = (isCumulative ? out[place] : 0) + weighting.weights[id]
                }
            }
        }
    }

    package var summary: String { "\(weighting.vocabulary.count) words" }
}
