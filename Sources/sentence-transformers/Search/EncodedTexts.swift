// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

extension TextEncoder {
    /// All embeddings at once, with a progress line, and a warning if texts were cut.
    func encoded(_ inputs: [TokenizerInput], _ options: Options, isQuiet: Bool) throws -> Embeddings {
        let progress = TextProgress(isQuiet: isQuiet, total: .texts(inputs.count))
        defer { Console.clearLine() }
        var options = options
        options.progress = { progress.update($0.completed) }
        let (embeddings, receipts) = try encodeWithReceipts(inputs, options: options)
        progress.finish(inputs.count)
        if !isQuiet {
            var cuts = CutCount()
            cuts.add(receipts)
            cuts.warn()
        }
        return embeddings
    }
}
