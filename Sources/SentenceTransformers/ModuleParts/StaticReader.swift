// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTokenizers

/// How the texts of a static embedding become tokens: by `tokenizer.json` alone, without special tokens.
struct StaticReader: SubwordReader {
    let subwordTokenizer: Tokenizer

    var addsSpecialTokens: Bool { false }
    /// None but the one that `tokenizer.json` has.
    var maximumSequenceLength: Int? { subwordTokenizer.fileTruncation?.maxLength }

    init(folder: ModuleFolder) throws {
        // The reference reads the one file, whatever others say.
        subwordTokenizer = try Tokenizer(verbatim: folder.url)
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
