// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTokenizers

/// Tokenises the texts of a static embedding: by `tokenizer.json` alone, without special tokens.
struct StaticReader: SubwordReader {
    let subwordTokenizer: Tokenizer

    var addsSpecialTokens: Bool { false }
    /// The limit in `tokenizer.json`; nil if there is none.
    var maximumSequenceLength: Int? { subwordTokenizer.fileTruncation?.maxLength }

    init(folder: ModuleFolder) throws {
        // The reference reads only this file and ignores the tokenizer's other files.
        try self.init(Tokenizer(verbatim: folder.url))
    }

    init(_ tokenizer: Tokenizer) throws {
        subwordTokenizer = tokenizer
        if let truncation = subwordTokenizer.fileTruncation,
            truncation.strategy == .onlySecond || truncation.maxLength < 1
        {
            throw CheckpointError(
                .unsupported, file: "tokenizer.json",
                "\"truncation\" cuts texts to \(truncation.maxLength) tokens by \(truncation.strategy.rawValue); expected a "
                    + "positive number by longestFirst or onlyFirst")
        }
    }
}
