// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors
import SentenceTokenizers

/// The distinct texts of a window and their indices in the call, so that equal texts are computed only once.
struct DistinctInputs {
    private(set) var inputs: [TokenizerInput] = []
    /// For each input, its indices in the call.
    private(set) var indices: [[Int]] = []

    private struct Key: Hashable {
        let text: ExactString
        let pair: ExactString?
    }

    /// The number of inputs of the call up to the end of this window.
    let callCount: Int

    init(_ window: ArraySlice<TokenizerInput>) {
        callCount = window.endIndex
        var known: [Key: Int] = [:]
        known.reserveCapacity(window.count)
        for (index, input) in zip(window.indices, window) {
            let key = Key(text: ExactString(input.text), pair: input.pair.map { ExactString($0) })
            if let place = known[key] {
                indices[place].append(index)
            } else {
                known[key] = inputs.count
                inputs.append(input)
                indices.append([index])
            }
        }
    }
}

/// Where the results of a micro-batch go: that of its text `texts[i]` goes to index `indices[i]` of the call.
struct Placement: Sendable {
    let texts: [Int]
    let indices: [Int]

    /// - Parameter indices: For each text of the batch, the indices that its result goes to.
    init(_ indices: [[Int]]) {
        texts = indices.enumerated().flatMap { text, indices in repeatElement(text, count: indices.count) }
        self.indices = indices.flatMap(\.self)
    }

    /// Turns results with one row for each text into rows for each index.
    func rows(of results: Tensor) -> Tensor {
        texts.count == results.rows ? results : results.gatheringRows(texts)
    }

    /// Each text of the batch with an index that its result goes to.
    var pairs: Zip2Sequence<[Int], [Int]> { zip(texts, indices) }
}
