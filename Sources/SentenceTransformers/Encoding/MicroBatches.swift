// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How texts are divided into those that one thread computes together.
package enum MicroBatches {
    /// Texts of similar length together, longest first, each batch within a budget of tokens.
    ///
    /// - Parameters:
    ///   - lengths: The tokens of each text.
    ///   - budget: Tokens of a batch, unless a single text has more.
    /// - Returns: The indices of the texts of each batch.
    package static func cut(_ lengths: [Int], budget: Int) -> [[Int]] {
        let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
        var batches: [[Int]] = []
        var room = 0
        for text in order {
            if batches.isEmpty || lengths[text] > room {
                batches.append([])
                room = budget
            }
            batches[batches.count - 1].append(text)
            room -= lengths[text]
        }
        return batches
    }
}
