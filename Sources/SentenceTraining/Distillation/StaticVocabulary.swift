// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTokenizers
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The tokenizer of a model without a network, and for each of its tokens the one of the teacher.
struct StaticVocabulary {
    let parts: (tokenizer: Tokenizer, ids: [Int32])

    init(_ teacher: SentenceTransformer, keeping vocabulary: [String]?) throws {
        guard let own = teacher.tokenizer else {
            throw TrainingError(
                .invalidArgument,
                "the teacher in \(teacher.directory.path) reads whole words, and has no tokens to embed")
        }
        let tokenizer = try Tokenizer(verbatim: own.verbatimJSON())
        try Self.requireSame(tokenizer, own)
        guard let vocabulary else {
            parts = (tokenizer, Array(0...tokenizer.greatestID))
            return
        }
        let (known, unknown) = (vocabulary.compactMap(tokenizer.id), vocabulary.filter { tokenizer.id(of: $0) == nil })
        guard let missing = unknown.first else {
            parts = try tokenizer.keeping(Set(known))
            return
        }
        throw TrainingError(
            .invalidArgument,
            "\(unknown.count) of the tokens to keep are not in the teacher's vocabulary, such as \"\(missing)\"")
    }

    /// Some classes of tokenizers do other things than their `tokenizer.json` says.
    private static func requireSame(_ tokenizer: Tokenizer, _ own: Tokenizer) throws {
        for text in ["Hello, World!", "It's a naïve café; 3.5 km (or so) away.", "Größe 北京 мир", "  two  spaces\n"] {
            let found = try tokenizer.encode([TokenizerInput(text)], addSpecialTokens: false)
            let wanted = try own.encode([TokenizerInput(text)], addSpecialTokens: false)
            guard found.ids == wanted.ids else {
                throw TrainingError(
                    .invalidArgument,
                    "the teacher's tokenizer.json alone gives other tokens than its tokenizer, for instance for \"\(text)\", so "
                        + "that a model without a network cannot have it")
            }
        }
    }
}
