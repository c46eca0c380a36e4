// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Divides texts into micro-batches, each of which one thread computes.
package enum MicroBatches {
    /// Groups texts of similar length, longest first, within a budget of tokens for each batch.
    ///
    /// - Parameters:
    ///   - lengths: The number of tokens of each text.
    ///   - budget: The maximum number of tokens of a batch; a single text may have more.
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
